import marimo

app = marimo.App(app_title="Harga keranjang menurut ukuran")


@app.cell
def _():
    import datetime as dt

    import marimo as mo
    import matplotlib.pyplot as plt
    from matplotlib.ticker import FuncFormatter

    import pst_core as pst
    from pst_adapters import frames
    from pst_core.money import format_rupiah

    office = pst.Office.load("3317")
    on = dt.date(2026, 11, 24)
    return FuncFormatter, format_rupiah, frames, mo, office, on, plt, pst


@app.cell(hide_code=True)
def _(mo):
    mo.md(
        """
        # Harga keranjang menurut ukuran

        Berapa harga publikasi menurut jumlah halaman, dan sebuah keranjang menurut ukuran data
        mikronya, menurut PP 13/2024 seperti dibaca profil kantor 3317.

        *What a publication costs by its pages, and a basket by the size of its microdata, under
        PP 13/2024 as the profile of office 3317 reads it.*
        """
    )
    return


@app.cell
def _(office, on, pst):
    def basket(megabytes):
        """Satu publikasi, data mikro sebesar itu, satu peta desa sekabupaten."""
        return [
            pst.Publication("Rembang Dalam Angka", pages=312),
            pst.Microdata("Susenas 2025", bytes=int(megabytes * 1_000_000)),
            pst.Map("Rembang", extent="regency", level="village", sheets=1),
        ]

    sizes = [0.5, 1, 2, 4.2, 8, 16, 32]
    quotes = [office.quote(basket(mb), on=on) for mb in sizes]
    return basket, quotes, sizes


@app.cell(hide_code=True)
def _(mo):
    mo.md(
        """
        Tiap baris penawaran menyebut butir tarifnya dan hitungannya; ini untuk 4,2 MB.
        *Each line of a quote names its row of the tariff and its arithmetic; here for 4.2 MB.*
        """
    )
    return


@app.cell
def _(frames, quotes):
    _lines = frames.quotes(quotes[3:4]).pandas()
    _lines = _lines[["product", "quantity", "unit", "amount", "clause", "why", "certainty"]]
    _lines.rename(columns=frames.labels(_lines))
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md(
        """
        Keranjang yang sama dengan data mikro makin besar.
        *The same basket with larger and larger microdata.*
        """
    )
    return


@app.cell
def _(format_rupiah, frames, quotes, sizes):
    _amounts = frames.quotes(quotes).pandas()
    _amounts["Data mikro (MB)"] = _amounts["quote"].map(dict(enumerate(sizes, 1)))
    _kinds = {"publication": "Publikasi (Rp)", "microdata": "Data mikro (Rp)", "map": "Peta (Rp)"}
    _table = _amounts.pivot(index="Data mikro (MB)", columns="kind", values="amount")[[*_kinds]]
    _table = _table.rename(columns=_kinds).rename_axis(columns=None)
    _table["Jumlah (Rp)"] = _table.sum(axis=1)
    _table.map(format_rupiah)
    return


@app.cell
def _(FuncFormatter, basket, format_rupiah, office, on, plt, pst):
    pages = range(1, 601)
    _by_page = [office.quote([pst.Publication("A", pages=n)], on=on).total for n in pages]
    _sizes = [mb / 4 for mb in range(1, 81)]
    _parts = [office.quote(basket(mb), on=on).amounts for mb in _sizes]

    figure, (_left, _right) = plt.subplots(1, 2, figsize=(11, 4.6), layout="constrained")
    _left.step(pages, _by_page, where="post", color="#1f5fa8")
    _left.set(
        title="Satu publikasi menurut halaman", xlabel="Jumlah halaman", ylabel="Harga (Rp)",
        ylim=(0, None), xlim=(0, 600),
    )  # fmt: skip
    _right.stackplot(
        _sizes, *zip(*_parts, strict=True), colors=["#1f5fa8", "#e08e2b", "#4c9a6a"],
        labels=["Publikasi, 312 halaman", "Data mikro", "Peta desa sekabupaten, 1 peta"],
    )  # fmt: skip
    _right.set(
        title="Keranjang menurut ukuran data mikro",
        xlabel="Data mikro (MB, 1 MB = 1.000.000 byte)",
        ylabel="Harga (Rp)", xlim=(0.25, 20), ylim=(0, None), xticks=range(0, 21, 5),
    )  # fmt: skip
    _right.legend(loc="upper left")
    for _axes in (_left, _right):
        _axes.yaxis.set_major_formatter(FuncFormatter(lambda rp, _: format_rupiah(int(rp))))
        _axes.grid(alpha=0.3)
    figure.supxlabel(
        f"Sumber: {office.quote(basket(1), on=on).citation}, Lampiran, tarif pada {on:%d-%m-%Y}; "
        "angka dari sumber kedua (reported), cara membaca bagian diasumsikan.",
        fontsize=8, x=0.01, ha="left",
    )  # fmt: skip
    figure
    return


if __name__ == "__main__":
    app.run()

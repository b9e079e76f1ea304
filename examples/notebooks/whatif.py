import marimo

app = marimo.App(app_title="Andaikan tarifnya lain")


@app.cell
def _():
    import os
    import tempfile
    from importlib.resources import files
    from pathlib import Path

    import marimo as mo
    import matplotlib.pyplot as plt
    import pandas as pd
    from matplotlib.ticker import FuncFormatter

    import pst_core as pst
    from pst_core.money import format_rupiah
    from pst_core.request.events import ProductsChosen, ProductsDelivered
    from pst_core.tariff import compare, read_schedule
    from pst_core.testing.traffic import traffic

    pd.set_option("display.max_rows", 60, "display.min_rows", 60)
    office = pst.Office.load("3317")
    many = int(os.environ.get("PST_REQUESTS", "100000"))
    return (
        FuncFormatter, Path, ProductsChosen, ProductsDelivered, compare, files, format_rupiah, many,
        mo, office, pd, plt, read_schedule, tempfile, traffic,
    )  # fmt: skip


@app.cell(hide_code=True)
def _(mo):
    mo.md(
        """
        # Andaikan tarifnya lain

        Berapa penerimaan bila publikasi lebih murah dan data mikro lebih mahal? Tarif andaian ini
        **dikarang**, bukan usulan siapa pun; permintaannya simulasi, dan dianggap tidak berubah
        karena harga.

        *What would be received if publications were cheaper and microdata dearer? The tariff is
        made up, the requests are simulated, and demand is taken not to change with the price.*
        """
    )
    return


@app.cell
def _(Path, files, read_schedule, tempfile):
    # tarif adalah data: yang diubah hanya angka-angka dalam salinannya
    held = files("pst_core") / "law" / "tariff" / "pp-13-2024.toml"
    changes = {
        'id = "pp-13-2024"': 'id = "andaian"',
        'citation = "PP 13/2024"': 'citation = "Tarif andaian"',
        "amount = 50_000": "amount = 40_000",
        "amount = 15_000": "amount = 10_000",
        "amount = 20\n": "amount = 30\n",
    }
    _text = held.read_text("utf-8")
    for _old, _new in changes.items():
        assert _old in _text, _old
        _text = _text.replace(_old, _new, 1)
    with tempfile.TemporaryDirectory() as _folder:
        _file = Path(_folder) / "andaian.toml"
        _file.write_text(_text, "utf-8")
        now, then = read_schedule(held).under({}), read_schedule(_file).under({})
    return now, then


@app.cell(hide_code=True)
def _(mo):
    mo.md("Harga yang berbeda, di tepi tiap baris tarif. *Prices that differ.*")
    return


@app.cell
def _(compare, format_rupiah, now, pd, then):
    _words = {
        "publication": "Publikasi (halaman)", "microdata.unprocessed": "Data mikro (byte)",
    }  # fmt: skip
    _rows = [
        (_words[d.tariff], f"{d.quantity:,}".replace(",", "."), format_rupiah(d.before),
         format_rupiah(d.after))
        for d in compare(now, then)
    ]  # fmt: skip
    pd.DataFrame(_rows, columns=["Tarif", "Banyaknya", "PP 13/2024", "Tarif andaian"])
    return


@app.cell
def _(ProductsChosen, ProductsDelivered, many, now, office, pd, then, traffic):
    def sold():
        """Produk tiap permintaan yang selesai, dan bulan pengirimannya."""
        for lived in traffic(office, many):
            chosen, sent = None, None
            for noted in lived.happened:
                if isinstance(noted.event, ProductsChosen):
                    chosen = noted.event.products
                elif isinstance(noted.event, ProductsDelivered):
                    sent = office.local(noted.at)
            if sent is not None and sent.year == 2025:
                for product in chosen:
                    yield sent.month, product

    products = pd.DataFrame(
        [(month, p.kind, now.price(p), then.price(p)) for month, p in sold()],
        columns=["Bulan", "Jenis", "PP 13/2024 (Rp)", "Tarif andaian (Rp)"],
    )
    return (products,)


@app.cell
def _(format_rupiah, products):
    _kinds = {"publication": "Publikasi", "microdata": "Data mikro", "map": "Peta"}
    received = products.drop(columns="Bulan").groupby("Jenis").sum().rename(_kinds)
    received.loc["Jumlah"] = received.sum()
    received["Selisih (Rp)"] = received["Tarif andaian (Rp)"] - received["PP 13/2024 (Rp)"]
    _shown = received.map(format_rupiah)
    _shown["Selisih (%)"] = [
        f"{100 * d / b:+.1f}".replace(".", ",")
        for d, b in zip(received["Selisih (Rp)"], received["PP 13/2024 (Rp)"], strict=True)
    ]
    _shown.reset_index()
    return


@app.cell
def _(FuncFormatter, many, plt, products):
    _months = products.drop(columns="Jenis").groupby("Bulan").sum() / 1_000_000
    figure, _axes = plt.subplots(figsize=(11, 4.6), layout="constrained")
    for _place, _name, _color in (
        (-0.2, "PP 13/2024 (Rp)", "#1f5fa8"), (0.2, "Tarif andaian (Rp)", "#e08e2b"),
    ):  # fmt: skip
        _axes.bar(
            _months.index + _place, _months[_name], 0.4, color=_color,
            label=_name.removesuffix(" (Rp)"),
        )  # fmt: skip
    _axes.set(
        title="Penerimaan menurut bulan pengiriman produk, 2025 (simulasi)",
        xlabel="Bulan pengiriman produk (2025)", ylabel="Penerimaan (juta Rp)", xticks=range(1, 13),
    )  # fmt: skip
    _axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:,.0f}".replace(",", ".")))
    _axes.set_axisbelow(True)
    _axes.grid(axis="y", alpha=0.3)
    _axes.legend()
    _many = f"{many:,}".replace(",", ".")
    figure.supxlabel(
        f"Sumber: simulasi {_many} permintaan (benih 1, lama dan pilihan diasumsikan); PP 13/2024, "
        "Lampiran; tarif andaian dikarang; permintaan dianggap tetap.",
        fontsize=8, x=0.01, ha="left",
    )  # fmt: skip
    figure
    return


if __name__ == "__main__":
    app.run()

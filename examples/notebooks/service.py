import marimo

app = marimo.App(app_title="Laporan pelayanan atas 100.000 permintaan simulasi")


@app.cell
def _():
    import os
    import textwrap

    import marimo as mo
    import matplotlib.pyplot as plt
    import pandas as pd
    import polars as pl

    import pst_core as pst
    from pst_adapters import frames
    from pst_core.analysis import Month, monthly_report
    from pst_core.testing.traffic import traffic

    pd.set_option("display.max_rows", 60, "display.min_rows", 60)
    office = pst.Office.load("3317")
    many = int(os.environ.get("PST_REQUESTS", "100000"))
    sides = {"officer": "Petugas", "treasurer": "Bendahara", "applicant": "Pengguna layanan"}
    source = (
        f"Sumber: simulasi pst_core.testing.traffic, {many:,} permintaan, benih 1; "
        "lama tiap langkah diasumsikan, bukan data kantor mana pun."
    ).replace(",000", ".000")
    return (
        Month, frames, many, mo, monthly_report, office, pd, pl, plt, sides, source,
        textwrap, traffic,
    )  # fmt: skip


@app.cell(hide_code=True)
def _(many, mo):
    mo.md(
        f"""
        # Laporan pelayanan atas {many:,} permintaan simulasi

        Ke mana hari-harinya pergi, dan siapa menunggu siapa. Permintaannya **dikarang**: jalannya
        menurut prosedur, tetapi lama tiap langkah diasumsikan. Ganti dengan riwayat kantor sendiri
        (`desk.history`) dan angka-angkanya menjadi nyata.

        *Where the days go and who waits on whom, over {many:,} invented requests. Their courses
        are legal, their paces are assumed; put your own history in their place.*
        """.replace(",000", ".000")
    )
    return


@app.cell
def _(frames, many, office, traffic):
    lives = list(traffic(office, many))
    cases = [(lived.stream, lived.happened) for lived in lives]
    requests = frames.requests(cases, office).pandas()
    spans = frames.spans(cases, office).polars()
    return cases, lives, requests, spans


@app.cell(hide_code=True)
def _(mo):
    mo.md("## Tepat waktu menurut L2 (pandas)\n\n*In time under L2, by channel.*")
    return


@app.cell
def _(pd, requests):
    _done = requests[requests["delivered_at"].notna()]
    _by = _done.groupby("channel")
    _table = pd.DataFrame({
        "Diselesaikan": _by.size(),
        "Tepat waktu": _by["late_days"].apply(lambda days: int(days.isna().sum())),
        "Median petugas (hari kerja)": _by["officer_days"].median(),
        "Median bendahara (hari kerja)": _by["treasurer_days"].median(),
        "Median pengguna layanan (hari kerja)": _by["applicant_days"].median(),
    })  # fmt: skip
    _table["Tepat waktu (%)"] = (100 * _table["Tepat waktu"] / _table["Diselesaikan"]).round(1)
    _table = _table.rename({"online": "Daring", "walk-in": "Datang langsung"})
    _table.rename_axis("Kanal").reset_index()
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md(
        """
        ## Siapa menunggu siapa (polars)

        Dari pengajuan sampai produk dikirim: hari kerja yang dihabiskan oleh yang ditunggu, menurut
        siapa yang mendapat giliran berikutnya. Bila pengguna layanan dan kantor sama-sama dapat
        bertindak, waktunya dihitung untuk kantor.

        *Who waits on whom, from filing to delivery: working days that the one waited for took, by
        whose turn came next. Where both sides can act it is the office's time.*
        """
    )
    return


@app.cell
def _(pd, pl, sides, spans):
    waits = (
        spans.filter(pl.col("in_service") & pl.col("waiting").is_not_null())
        .group_by("waiting", "held_by")
        .agg(
            pl.len().alias("Kali"),
            pl.col("working_days").sum().alias("Hari kerja"),
            pl.col("working_days").mean().round(2).alias("Rata-rata (hari kerja)"),
        )
        .sort("Hari kerja", descending=True)
    )
    _names = pl.col("waiting", "held_by").replace(sides)
    _shown = waits.with_columns(_names)
    _shown = _shown.rename({"waiting": "Yang menunggu", "held_by": "Yang ditunggu"})
    pd.DataFrame(_shown.to_dict(as_series=False))
    return (waits,)


@app.cell
def _(plt, sides, source, waits):
    _days = {(w, h): d for w, h, _, d, _ in waits.iter_rows()}
    _total = sum(_days.values())
    _grid = [[100 * _days.get((w, h), 0) / _total for h in sides] for w in sides]
    figure, _axes = plt.subplots(figsize=(7, 4.8), layout="constrained")
    _shown = _axes.imshow(_grid, cmap="Blues", vmin=0)
    for _row, _shares in enumerate(_grid):
        for _column, _share in enumerate(_shares):
            _axes.text(
                _column, _row,
                f"{_share:.1f}%".replace(".", ",") if _row != _column else "–",
                ha="center", va="center",
                color="white" if _share > max(map(max, _grid)) / 2 else "black",
            )  # fmt: skip
    _axes.set_xticks(range(3), sides.values())
    _axes.set_yticks(range(3), sides.values())
    _axes.set(title="Siapa menunggu siapa", xlabel="Yang ditunggu", ylabel="Yang menunggu")
    figure.colorbar(_shown, label="Bagian dari hari kerja (%)")
    figure.supxlabel(source, fontsize=7, x=0.01, ha="left")
    figure
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md(
        """
        ## Ke mana hari-harinya pergi

        Lama tiap langkah sejak langkah sebelumnya, dari pengajuan sampai produk dikirim.
        *Where the days go: each step since the one before, from filing to delivery.*
        """
    )
    return


@app.cell
def _(cases, frames, office, pl):
    steps = (
        frames.steps(cases, office)
        .polars()
        .filter("in_service")
        .group_by("clause", "step", "held_by")
        .agg(
            pl.len().alias("events"),
            pl.col("working_days").sum().alias("days"),
            pl.col("working_days").mean().alias("mean"),
            pl.col("hours").median().round(1).alias("hours"),
        )
        .sort("days", descending=True)
    )
    return (steps,)


@app.cell
def _(pd, pl, sides, steps):
    _shown = steps.head(12).select(
        pl.col("clause").alias("Butir"),
        pl.col("step").alias("Langkah"),
        pl.col("held_by").replace(sides).alias("Di tangan"),
        pl.col("events").alias("Kali"),
        pl.col("mean").round(2).alias("Rata-rata (hari kerja)"),
        pl.col("hours").alias("Median (jam berjalan)"),
    )
    pd.DataFrame(_shown.to_dict(as_series=False))
    return


@app.cell
def _(plt, sides, source, steps, textwrap):
    _colors = {"officer": "#1f5fa8", "treasurer": "#4c9a6a", "applicant": "#e08e2b"}
    _rows = steps.head(12).reverse().rows(named=True)
    _total = steps["days"].sum()
    days_figure, _axes = plt.subplots(figsize=(11, 5.2), layout="constrained")
    for _n, _row in enumerate(_rows):
        _axes.barh(_n, 100 * _row["days"] / _total, color=_colors[_row["held_by"]])
    _axes.set_yticks(
        range(len(_rows)),
        [textwrap.shorten(f"{r['clause']} {r['step']}", 54, placeholder=" ...") for r in _rows],
        fontsize=8,
    )
    _axes.set_axisbelow(True)
    _axes.set(title="Ke mana hari kerja pergi", xlabel="Bagian dari semua hari kerja (%)")
    _axes.legend(
        [plt.Rectangle((0, 0), 1, 1, color=_colors[side]) for side in sides], sides.values(),
        title="Di tangan", loc="lower right",
    )  # fmt: skip
    _axes.grid(axis="x", alpha=0.3)
    days_figure.supxlabel(source, fontsize=8, x=0.01, ha="left")
    days_figure
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md(
        """
        ## Laporan bulanan yang sama seperti di kertas

        `monthly_report` atas permintaan simulasi, Juni 2025.
        *The monthly report as on paper, here for June 2025.*
        """
    )
    return


@app.cell
def _(Month, frames, lives, monthly_report, office):
    _june = monthly_report(office, Month(2025, 6), [lived.case for lived in lives])
    _read = frames.report(_june)["sections"].pandas()
    _read = _read[_read["section"].isin(
        ["Dilayani tepat waktu", "Hari kerja di tangan siapa", "Penilaian layanan (S23)"]
    )][["section", "label", "value"]]  # fmt: skip
    _read.rename(columns=frames.labels(_read)).reset_index(drop=True)
    return


if __name__ == "__main__":
    app.run()

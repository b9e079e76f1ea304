import marimo

app = marimo.App(app_title="Batas waktu setahun, dan satu keputusan")


@app.cell
def _():
    import datetime as dt

    import marimo as mo
    import matplotlib.pyplot as plt
    import pandas as pd
    from matplotlib.dates import DateFormatter, MonthLocator

    import pst_core as pst
    from pst_adapters import frames

    pd.set_option("display.max_rows", 60, "display.min_rows", 60)
    office = pst.Office.load("3317")
    decree = dt.date(2025, 8, 7)
    return DateFormatter, MonthLocator, decree, dt, frames, mo, office, pd, plt


@app.cell(hide_code=True)
def _(mo):
    mo.md(
        """
        # Batas waktu setahun, dan apa yang digeser keputusan tentang 18 Agustus 2025

        Sepuluh hari kerja (L2) tidak selalu sama panjang: libur dan cuti bersama memanjangkannya.
        Pada 7 Agustus 2025 diputuskan bahwa 18 Agustus 2025 menjadi cuti bersama
        (SKB 933/2025, 1/2025, 3/2025). Permintaan yang sudah berjalan ikut bergeser.

        *Ten working days (L2) are not always equally long. On 7 August 2025 it was decreed that
        18 August 2025 is a day of collective leave; what was under way moved with it.*
        """
    )
    return


@app.cell
def _(decree, dt, office):
    before = office.calendar.as_known_on(decree - dt.timedelta(1))
    after = office.calendar.as_known_on(decree)
    # sampai awal Desember: kalender 2026 belum diputuskan pada hari itu
    starts = [
        day for n in range(340)
        if after.is_workday(day := dt.date(2025, 1, 1) + dt.timedelta(n))
    ]  # fmt: skip
    moved = [day for day in starts if before.add(day, 10) != after.add(day, 10)]
    return after, before, moved, starts


@app.cell
def _(after, before, mo, moved):
    _old = [before.add(day, 10) for day in moved]
    _new = [after.add(day, 10) for day in moved]
    mo.md(
        f"""
        Keputusan itu menggeser batas waktu permintaan yang mulai pada **{len(moved)} hari kerja**,
        dari {moved[0]:%d-%m-%Y} sampai {moved[-1]:%d-%m-%Y}; paling jauh
        **{max((b - a).days for a, b in zip(_old, _new, strict=True))} hari kalender**.

        *It moved the deadline of requests that start on {len(moved)} working days.*
        """
    )
    return


@app.cell
def _(after, before, moved, pd):
    _table = pd.DataFrame({
        "Mulai (lengkap)": [f"{day:%d-%m-%Y}" for day in moved],
        "Batas sebelum keputusan": [f"{before.add(day, 10):%d-%m-%Y}" for day in moved],
        "Batas sesudah keputusan": [f"{after.add(day, 10):%d-%m-%Y}" for day in moved],
        "Bergeser (hari kalender)": [
            (after.add(day, 10) - before.add(day, 10)).days for day in moved
        ],
    })  # fmt: skip
    _table
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md(
        """
        Hari demi hari, untuk permintaan yang lengkap pada 11 Agustus 2025.
        *Day by day, for a request that became complete on 11 August 2025.*
        """
    )
    return


@app.cell
def _(dt, frames, office):
    _clock = office.deadline(dt.datetime(2025, 8, 11, 10, tzinfo=office.calendar.zone))
    _days = frames.days(_clock.explain()).pandas()[["day", "counted", "number", "why"]]
    _days["counted"] = _days["counted"].map({True: "ya", False: "tidak"})
    _days.rename(columns=frames.labels(_days))
    return


@app.cell
def _(DateFormatter, MonthLocator, after, before, moved, plt, starts):
    figure, _axes = plt.subplots(figsize=(11, 4.6), layout="constrained")
    _length = [(after.add(day, 10) - day).days for day in starts]
    _axes.scatter(starts, _length, s=14, color="#1f5fa8", label="Menurut keputusan yang berlaku")
    _axes.scatter(
        moved, [(before.add(day, 10) - day).days for day in moved], s=34, marker="x",
        color="#c0392b", label="Sebelum keputusan 7 Agustus 2025",
    )  # fmt: skip
    _axes.set(
        title="Panjang sepuluh hari kerja menurut hari mulai, 2025",
        xlabel="Hari permintaan lengkap (2025)", ylabel="Sampai batas waktu (hari kalender)",
        ylim=(12, None),
    )  # fmt: skip
    _axes.xaxis.set_major_locator(MonthLocator())
    _axes.xaxis.set_major_formatter(DateFormatter("%m"))
    _axes.grid(alpha=0.3)
    _axes.legend()
    figure.supxlabel(
        "Sumber: SKB 3 Menteri 1017/2024, 2/2024, 2/2024 dan 933/2025, 1/2025, 3/2025; "
        "standar pelayanan L2 (10 hari kerja); hari mulai tidak dihitung.",
        fontsize=8, x=0.01, ha="left",
    )  # fmt: skip
    figure
    return


if __name__ == "__main__":
    app.run()

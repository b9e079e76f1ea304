import marimo

app = marimo.App(app_title="Kesesuaian log sistem lain")


@app.cell
def _():
    from pathlib import Path

    import marimo as mo
    import matplotlib.pyplot as plt
    import pandas as pd

    import pst_core as pst
    from pst_adapters import frames
    from pst_adapters.logs import read_log, read_mapping
    from pst_core.analysis import Activities, conformance
    from pst_core.request import procedure_of

    pd.set_option("display.max_rows", 60, "display.min_rows", 60)
    # dari folder ini (Jupyter) atau dari akar repositori
    logs = next(p for p in (Path("../logs"), Path("examples/logs")) if p.is_dir())
    office = pst.Office.load("3317")
    zone = office.calendar.timezone
    return (
        Activities, conformance, frames, logs, mo, office, pd, plt, procedure_of, read_log,
        read_mapping, zone,
    )  # fmt: skip


@app.cell(hide_code=True)
def _(mo):
    mo.md(
        """
        # Kesesuaian log sistem lain dengan prosedur

        Enam permohonan dari buku register sebuah loket (`examples/logs/loket.csv`, dikarang)
        dibandingkan dengan tabel prosedur: langkah yang tidak ada, urutan, peran, aturan pengaman,
        dan batas waktu.

        *Six requests of a desk's own register (invented) held against the table of the procedure,
        beside what pm4py says of the same log.*
        """
    )
    return


@app.cell
def _(Activities, conformance, logs, office, procedure_of, read_log, read_mapping):
    table = procedure_of(office)
    mapping = read_mapping(logs / "loket.toml", table)
    log = read_log(logs / "loket.csv", office.calendar.zone, mapping)
    activities = Activities(table, mapping.activities, mapping.unlogged)
    report = conformance(log, table, office, activities=activities, roles=mapping.roles)
    return activities, log, report, table


@app.cell
def _(frames, report, zone):
    cases = frames.cases(report, zone).pandas()
    _words = {str(kind): kind.text.id for kind in report.kinds}
    _shown = cases[["stream", "events", "conforms", "deviation", "late_days"]].copy()
    _shown["conforms"] = _shown["conforms"].map({True: "ya", False: "tidak"})
    _shown["deviation"] = _shown["deviation"].map(
        lambda kinds: ", ".join(_words[kind] for kind in kinds.split(", ")), na_action="ignore"
    )
    _shown.rename(columns=frames.labels(_shown)).astype(object).fillna("-")
    return (cases,)


@app.cell(hide_code=True)
def _(mo):
    mo.md("Apa yang ditemukan, dengan baris lognya. *What was found, with its line of the log.*")
    return


@app.cell
def _(frames, pd, report):
    pd.set_option("display.max_colwidth", None)
    _found = frames.deviations(report).pandas()
    _found.rename(columns=frames.labels(_found)).astype(object).fillna("-")
    return


@app.cell
def _(plt, report):
    _kinds = sorted(report.kinds.items(), key=lambda pair: pair[1])
    figure, _axes = plt.subplots(figsize=(9, 3.4), layout="constrained")
    _axes.barh([kind.text.id for kind, _ in _kinds], [n for _, n in _kinds], color="#c0392b")
    _axes.set(
        title=f"Penyimpangan dalam {len(report.cases)} permohonan", xlabel="Banyaknya (kali)",
        xticks=range(max(report.kinds.values()) + 1),
    )  # fmt: skip
    figure.supxlabel(
        "Sumber: examples/logs/loket.csv (dikarang), dinilai dengan prosedur kantor 3317.",
        fontsize=8, x=0.01, ha="left",
    )  # fmt: skip
    figure
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md(
        """
        ## pm4py di sebelahnya

        pm4py (AGPL, ekstra `oracle`) membaca BPMN dari tabel yang sama dan memutar ulang log itu
        di atas jaring Petri. Ia tidak mengenal peran, jam L2, aturan pengaman, maupun langkah yang
        tidak dicatat register; karena itu jawabannya bisa lebih keras atau lebih lunak.

        *pm4py reads the BPMN of the same table and replays the log on its Petri net; it knows no
        roles, no legal clock, no safety rules, and no steps that the register leaves unrecorded.*
        """
    )
    return


@app.cell
def _(activities, log, pd, table):
    def fits_by_pm4py(folder):
        """Tiap permohonan: cocok menurut pm4py atau tidak; None bila pm4py tidak terpasang."""
        try:
            import pm4py
        except ModuleNotFoundError:
            return None
        file = folder / "procedure.bpmn"
        file.write_text(table.to_bpmn("id"), "utf-8")
        net = pm4py.convert_to_petri_net(pm4py.read_bpmn(str(file)))
        rows = [(row, step[0]) for row in log.rows if (step := activities.rows(row.activity))]
        frame = pd.DataFrame({
            "case:concept:name": [row.case for row, _ in rows],
            "concept:name": [f"{step.clause} {step.title.id}" for _, step in rows],
            "time:timestamp": pd.to_datetime([row.at for row, _ in rows], utc=True),
        })  # fmt: skip
        found = pm4py.conformance_diagnostics_token_based_replay(
            frame, *net, return_diagnostics_dataframe=True
        )
        return dict(zip(found["case_id"], found["is_fit"], strict=True))

    return (fits_by_pm4py,)


@app.cell
def _(cases, fits_by_pm4py, mo, pd):
    import tempfile
    from pathlib import Path as _Path

    with tempfile.TemporaryDirectory() as _folder:
        _theirs = fits_by_pm4py(_Path(_folder))
    if _theirs is None:
        beside = mo.md(
            f"""
            **pm4py tidak terpasang di sini**, jadi kolomnya tidak ada: hanya hasil kita,
            {int(cases["conforms"].sum())} dari {len(cases)} permohonan sesuai. Pasang dengan
            `pip install 'pst-core[oracle]'` dan jalankan lagi untuk melihat keduanya.

            *pm4py is not installed here, so its column is missing: only our own result,
            {int(cases["conforms"].sum())} of {len(cases)} requests conform.*
            """
        )
    else:
        beside = pd.DataFrame({
            "Nomor layanan": cases["stream"],
            "pst-core: sesuai": cases["conforms"].map({True: "ya", False: "tidak"}),
            "pm4py: cocok": [
                {True: "ya", False: "tidak"}.get(_theirs.get(case), "-") for case in cases["stream"]
            ],
        })  # fmt: skip
    beside
    return


if __name__ == "__main__":
    app.run()

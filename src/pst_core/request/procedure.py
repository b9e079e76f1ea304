"""The paid request, S6 to S23 of the published standard, row by row.

Read it beside the published text: each row is one step, in its order. Rows X1 to X5 are the ways
out that the standard leaves unsaid (withdrawal, rejection, expiry, closing); they are our reading.
What a requirement checks stands in ``requirements``, what an event holds in ``events``.
"""

from __future__ import annotations

from ..text import Text
from ..workflow import Before, Once, Procedure, Role, State, Step
from . import commands as c
from . import events as e
from . import requirements as r
from .making import (
    agreement_signed,
    close_due,
    delivered,
    expiry_due,
    filed,
    notice_due,
    offer,
    opened,
    receipt,
    revised_offer,
    terms_shown,
)
from .state import (
    ABROAD,
    ABSTRACTION_FILED,
    ABSTRACTION_VERIFIED,
    AGREEMENT,
    BILLED,
    CANCELLED,
    CHECKED,
    CLOSED,
    CORRECTING,
    DELIVERED,
    DRAFT,
    EXPIRED,
    EXPIRY_NOTICED,
    FORM_COMPLETE,
    INVOICE,
    MENDING,
    MICRODATA,
    NEEDS_AGREEMENT,
    NEW,
    OFFERED,
    PAID,
    PAYMENT_REPORTED,
    PREPARING,
    PRODUCTS_CHOSEN,
    PRODUCTS_PREPARED,
    RECEIPT,
    RECEIPTED,
    REJECTED,
    SETTLING,
    SIGNED,
    TERMS_ACCEPTED,
    VERIFYING,
    WALK_IN,
)

__all__ = ["PROCEDURE"]

APPLICANT, OFFICER, TREASURER, SYSTEM = Role

STEPS = (
    Step(
        clause="S6", role=APPLICANT, command=c.OpenRequest, event=e.RequestOpened,
        title=Text(id="Membuka layanan pada portal", en="Open the service on the portal"),
        at=(NEW,), to=DRAFT,
        requires=(r.EMAIL_ACTIVE, r.VISITED),
        chooses=((), (WALK_IN,), (ABROAD,), (WALK_IN, ABROAD)),
        build=opened, numbered="request", looks="visit",
    ),
    Step(
        clause="S7", role=APPLICANT, command=c.AcceptTerms, event=e.TermsAccepted,
        title=Text(id="Membaca tarif PNBP dan dokumen yang diperlukan, menyetujui syarat",
                   en="Read PNBP tariffs and documents needed, agree to the terms"),
        at=(DRAFT,), unless=(TERMS_ACCEPTED,),
        gives=(TERMS_ACCEPTED,),
        build=terms_shown,
    ),
    Step(
        clause="S8", role=APPLICANT, command=c.ChooseProducts, event=e.ProductsChosen,
        title=Text(id="Memilih produk statistik", en="Choose the products"),
        at=(DRAFT,), unless=(PRODUCTS_CHOSEN,),
        requires=(r.TERMS, r.TARIFF_IN_FORCE),
        gives=(PRODUCTS_CHOSEN,),
        chooses=((), (NEEDS_AGREEMENT,), (NEEDS_AGREEMENT, MICRODATA)),
    ),
    Step(
        clause="S8", role=APPLICANT, command=c.ChooseProducts, event=e.ProductsChosen,
        title=Text(id="Mengganti produk statistik", en="Choose other products"),
        at=(DRAFT,), when=(PRODUCTS_CHOSEN,), aside=True,
        requires=(r.TARIFF_IN_FORCE,),
        gives=(PRODUCTS_CHOSEN,), clears=(FORM_COMPLETE, ABSTRACTION_FILED),
        chooses=((), (NEEDS_AGREEMENT,), (NEEDS_AGREEMENT, MICRODATA)),
    ),
    Step(
        clause="S9", role=APPLICANT, command=c.CompleteForm, event=e.FormCompleted,
        title=Text(id="Melengkapi formulir permintaan", en="Complete the request form"),
        at=(DRAFT,),
        requires=(r.PRODUCTS, r.FORM_FOR_EACH_KIND),
        gives=(FORM_COMPLETE,),
    ),
    Step(
        clause="S10", role=APPLICANT, command=c.FileAbstraction, event=e.AbstractionFiled,
        title=Text(id="Mengisi abstraksi dan Surat Perjanjian Penggunaan Data",
                   en="Fill in the abstraction and the data-use agreement"),
        at=(DRAFT,), when=(NEEDS_AGREEMENT,),
        requires=(r.FORM, r.ABSTRACTION_COMPLETE),
        gives=(ABSTRACTION_FILED,),
    ),
    Step(
        clause="R4", role=APPLICANT, command=c.FileRequest, event=e.RequestFiled,
        title=Text(id="Mengajukan permintaan melalui portal",
                   en="File the request through the portal"),
        at=(DRAFT,), to=VERIFYING, when=(NEEDS_AGREEMENT,),
        requires=(r.TERMS, r.PRODUCTS, r.FORM, r.ABSTRACTION),
        tells=(APPLICANT, OFFICER), build=filed,
    ),
    Step(
        clause="R4", role=APPLICANT, command=c.FileRequest, event=e.RequestFiled,
        title=Text(id="Mengajukan permintaan melalui portal",
                   en="File the request through the portal"),
        at=(DRAFT,), to=PREPARING, unless=(NEEDS_AGREEMENT,),
        requires=(r.TERMS, r.PRODUCTS, r.FORM),
        tells=(APPLICANT, OFFICER), build=filed,
    ),
    Step(
        clause="S11", role=OFFICER, command=c.VerifyAbstraction, event=e.AbstractionVerified,
        title=Text(id="Memverifikasi kesesuaian abstraksi dengan permintaan",
                   en="Verify that the abstraction matches the request"),
        at=(VERIFYING,), to=PREPARING,
        requires=(r.ABSTRACTION_FITS,),
        gives=(ABSTRACTION_VERIFIED,),
    ),
    Step(
        clause="S11", role=OFFICER, command=c.SendBackAbstraction, event=e.AbstractionSentBack,
        title=Text(id="Mengembalikan abstraksi yang tidak sesuai",
                   en="Send back an abstraction that does not match"),
        at=(VERIFYING,), to=DRAFT,
        requires=(r.REASON,),
        clears=(ABSTRACTION_FILED,),
        tells=(APPLICANT,),
    ),
    Step(
        clause="S12", role=OFFICER, command=c.PrepareProducts, event=e.ProductsPrepared,
        title=Text(id="Menyiapkan produk statistik", en="Prepare the chosen products"),
        at=(PREPARING,), unless=(PRODUCTS_PREPARED,),
        requires=(r.FILES_AS_ORDERED,),
        gives=(PRODUCTS_PREPARED,),
    ),
    Step(
        clause="S13", role=OFFICER, command=c.SendOffer, event=e.OfferSent,
        title=Text(id="Membuat dan mengirimkan invoice, contoh data dan dokumen perjanjian",
                   en="Make and send invoice, data sample and agreement"),
        at=(PREPARING,), to=OFFERED,
        requires=(r.PREPARED, r.TARIFF_IN_FORCE, r.SAMPLE_ATTACHED),
        makes=(INVOICE, AGREEMENT), tells=(APPLICANT,), build=offer, numbered="invoice",
    ),
    Step(
        clause="S14", role=APPLICANT, command=c.AcceptOffer, event=e.OfferAccepted,
        title=Text(id="Mengecek dan menyetujui invoice, contoh data dan perjanjian",
                   en="Check and accept invoice, sample and agreement"),
        at=(OFFERED,), to=SETTLING,
        requires=(r.OFFER_STILL_VALID,),
        tells=(TREASURER,),
    ),
    Step(
        clause="S14", role=APPLICANT, command=c.AskOfferCorrection, event=e.OfferCorrectionAsked,
        title=Text(id="Meminta perbaikan invoice, contoh data atau perjanjian",
                   en="Ask for a correction of invoice, sample or agreement"),
        at=(OFFERED,), to=CORRECTING,
        requires=(r.REASON,),
        tells=(OFFICER,),
    ),
    Step(
        clause="S15", role=OFFICER, command=c.ReviseOffer, event=e.OfferSent,
        title=Text(id="Memeriksa permintaan perbaikan dan mengirimkan hasilnya",
                   en="Examine the correction asked for and send the result"),
        at=(CORRECTING,), to=OFFERED,
        requires=(r.REASON, r.TARIFF_IN_FORCE, r.SAMPLE_KEPT),
        clears=(EXPIRY_NOTICED,),
        makes=(INVOICE, AGREEMENT), tells=(APPLICANT,), build=revised_offer, numbered="invoice",
    ),
    Step(
        clause="S16", role=TREASURER, command=c.IssueBilling, event=e.BillingIssued,
        title=Text(id="Mencatat kode billing SIMPONI", en="Record the SIMPONI billing code"),
        at=(SETTLING,), unless=(ABROAD, BILLED),
        requires=(r.BILLING_CODE,),
        gives=(BILLED,), tells=(APPLICANT,),
    ),
    Step(
        clause="S16", role=TREASURER, command=c.IssueBilling, event=e.BillingIssued,
        title=Text(id="Mengganti kode billing yang kedaluwarsa",
                   en="Replace a billing code that has expired"),
        at=(SETTLING,), when=(BILLED,), unless=(PAYMENT_REPORTED, PAID), aside=True,
        requires=(r.BILLING_CODE,),
        tells=(APPLICANT,),
    ),
    Step(
        clause="S16", role=APPLICANT, command=c.ReportPayment, event=e.PaymentReported,
        title=Text(id="Melakukan pembayaran sesuai invoice", en="Pay as invoiced"),
        at=(SETTLING,), when=(BILLED,), unless=(PAYMENT_REPORTED, PAID),
        requires=(r.AMOUNT_AS_INVOICED,),
        gives=(PAYMENT_REPORTED,), tells=(TREASURER,),
    ),
    Step(
        clause="S16", role=APPLICANT, command=c.ReportPayment, event=e.PaymentReported,
        title=Text(id="Mentransfer pembayaran dan mengunggah bukti",
                   en="Transfer the payment and upload the proof"),
        at=(SETTLING,), when=(ABROAD,), unless=(PAYMENT_REPORTED, PAID),
        requires=(r.AMOUNT_AS_INVOICED, r.PROOF_UPLOADED),
        gives=(PAYMENT_REPORTED,), tells=(TREASURER,),
    ),
    Step(
        clause="S16", role=TREASURER, command=c.ConfirmPayment, event=e.PaymentConfirmed,
        title=Text(id="Mencatat NTPN pembayaran", en="Record the payment's NTPN"),
        at=(SETTLING,), when=(BILLED, PAYMENT_REPORTED), unless=(PAID,),
        requires=(r.NTPN, r.AMOUNT_AS_INVOICED),
        gives=(PAID,),
    ),
    Step(
        clause="S16", role=TREASURER, command=c.ConfirmPayment, event=e.PaymentConfirmed,
        title=Text(id="Mencatat NTPN pembayaran yang belum dilaporkan",
                   en="Record the NTPN of a payment not yet reported"),
        at=(SETTLING,), when=(BILLED,), unless=(PAYMENT_REPORTED, PAID), aside=True,
        requires=(r.NTPN, r.AMOUNT_AS_INVOICED),
        gives=(PAID,),
    ),
    Step(
        clause="S16", role=TREASURER, command=c.RefusePayment, event=e.PaymentRefused,
        title=Text(id="Menolak laporan pembayaran yang tidak ditemukan",
                   en="Refuse a reported payment that cannot be found"),
        at=(SETTLING,), when=(PAYMENT_REPORTED,), unless=(ABROAD, PAID),
        requires=(r.REASON,),
        clears=(PAYMENT_REPORTED,), tells=(APPLICANT,),
    ),
    Step(
        clause="S17", role=APPLICANT, command=c.SignAgreement, event=e.AgreementSigned,
        title=Text(id="Menandatangani dan mengunggah perjanjian penggunaan data",
                   en="Sign and upload the data-use agreement"),
        at=(SETTLING,), when=(NEEDS_AGREEMENT,), unless=(SIGNED,),
        requires=(r.AGREEMENT_AS_OFFERED,),
        gives=(SIGNED,), build=agreement_signed,
    ),
    Step(
        clause="S18", role=TREASURER, command=c.VerifyTransfer, event=e.TransferVerified,
        title=Text(id="Memverifikasi bukti pembayaran dari luar negeri",
                   en="Verify the proof of payment from abroad"),
        at=(SETTLING,), when=(ABROAD, PAYMENT_REPORTED), unless=(PAID,),
        requires=(r.AMOUNT_AS_INVOICED,),
        gives=(PAID,),
    ),
    Step(
        clause="S18", role=TREASURER, command=c.RefusePayment, event=e.PaymentRefused,
        title=Text(id="Menolak bukti pembayaran dari luar negeri",
                   en="Refuse the proof of payment from abroad"),
        at=(SETTLING,), when=(ABROAD, PAYMENT_REPORTED), unless=(PAID,),
        requires=(r.REASON,),
        clears=(PAYMENT_REPORTED,), tells=(APPLICANT,),
    ),
    Step(
        clause="S19", role=TREASURER, command=c.IssueReceipt, event=e.ReceiptIssued,
        title=Text(id="Membuat dan mengirimkan kuitansi", en="Make and send the receipt"),
        at=(SETTLING,), unless=(RECEIPTED,),
        requires=(r.PAYMENT,),
        gives=(RECEIPTED,),
        makes=(RECEIPT,), tells=(APPLICANT, OFFICER), build=receipt, numbered="receipt",
    ),
    Step(
        clause="S20", role=OFFICER, command=c.DeliverProducts, event=e.ProductsDelivered,
        title=Text(id="Mengirimkan produk statistik", en="Send the products"),
        at=(SETTLING,), to=DELIVERED,
        requires=(r.RECEIPT, r.VERIFIED, r.SIGNATURE),
        tells=(APPLICANT,), build=delivered,
    ),
    Step(
        clause="S21", role=APPLICANT, command=c.ApproveDelivery, event=e.DeliveryApproved,
        title=Text(id="Mengecek kuitansi dan produk: sesuai",
                   en="Check receipt and products: they fit"),
        at=(DELIVERED,), unless=(CHECKED,),
        gives=(CHECKED,),
    ),
    Step(
        clause="S21", role=APPLICANT, command=c.AskDeliveryCorrection,
        event=e.DeliveryCorrectionAsked,
        title=Text(id="Meminta perbaikan kuitansi atau produk",
                   en="Ask for a correction of receipt or products"),
        at=(DELIVERED,), to=MENDING,
        requires=(r.REASON,),
        clears=(CHECKED,), tells=(OFFICER,),
    ),
    Step(
        clause="S22", role=OFFICER, command=c.MendDelivery, event=e.DeliveryMended,
        title=Text(id="Memeriksa permintaan perbaikan dan mengirimkan hasilnya",
                   en="Examine the correction asked for and send the result"),
        at=(MENDING,), to=DELIVERED,
        requires=(r.REASON, r.FILES_AS_ORDERED),
        tells=(APPLICANT,),
    ),
    Step(
        clause="S23", role=APPLICANT, command=c.RateService, event=e.ServiceRated,
        title=Text(id="Menyelesaikan layanan dan memberi penilaian",
                   en="Finish and rate the service"),
        at=(DELIVERED,), to=CLOSED,
        requires=(r.DELIVERY_CHECKED, r.RATING_IN_SCALE),
        tells=(OFFICER,),
    ),
    Step(
        clause="X1", role=APPLICANT, command=c.CancelRequest, event=e.RequestCancelled,
        title=Text(id="Membatalkan permintaan sebelum membayar",
                   en="Withdraw the request before paying"),
        at=(DRAFT, VERIFYING, PREPARING, OFFERED, CORRECTING, SETTLING), to=CANCELLED,
        unless=(PAYMENT_REPORTED, PAID), aside=True,
        tells=(APPLICANT, OFFICER),
    ),
    Step(
        clause="X2", role=OFFICER, command=c.RejectRequest, event=e.RequestRejected,
        title=Text(id="Menolak permintaan dengan alasan", en="Reject the request with a reason"),
        at=(VERIFYING, PREPARING, CORRECTING), to=REJECTED, aside=True,
        requires=(r.REASON,),
        tells=(APPLICANT,),
    ),
    Step(
        clause="X3", role=SYSTEM, command=c.NoticeExpiry, event=e.ExpiryNoticed,
        title=Text(id="Mengingatkan bahwa penawaran akan kedaluwarsa",
                   en="Give notice that the offer will expire"),
        at=(OFFERED, SETTLING), unless=(EXPIRY_NOTICED, PAYMENT_REPORTED, PAID),
        requires=(r.NOTICE_IS_DUE,),
        gives=(EXPIRY_NOTICED,), tells=(APPLICANT,), due=notice_due,
    ),
    Step(
        clause="X4", role=SYSTEM, command=c.ExpireOffer, event=e.OfferExpired,
        title=Text(id="Penawaran kedaluwarsa", en="The offer expires"),
        at=(OFFERED, SETTLING), to=EXPIRED, unless=(PAYMENT_REPORTED, PAID),
        requires=(r.NOTICE_GIVEN, r.EXPIRY_IS_DUE),
        tells=(APPLICANT, OFFICER), due=expiry_due,
    ),
    Step(
        clause="X5", role=SYSTEM, command=c.CloseUnrated, event=e.RequestClosed,
        title=Text(id="Menutup layanan tanpa penilaian", en="Close without a rating"),
        at=(DELIVERED,), to=CLOSED,
        requires=(r.CLOSE_IS_DUE,),
        tells=(APPLICANT,), due=close_due,
    ),
)  # fmt: skip

RULES = (
    Before(
        Text(id="tidak ada produk tanpa pembayaran", en="no product without payment"),
        event=e.ProductsDelivered, needs=(e.PaymentConfirmed, e.TransferVerified),
    ),
    Before(
        Text(id="tidak ada produk tanpa kuitansi", en="no product without a receipt"),
        event=e.ProductsDelivered, needs=(e.ReceiptIssued,),
    ),
    Before(
        Text(id="tidak ada data mikro atau peta tanpa abstraksi yang diverifikasi",
             en="no microdata or map without a verified abstraction"),
        event=e.ProductsDelivered, needs=(e.AbstractionVerified,), since=(e.AbstractionFiled,),
        only_for=NEEDS_AGREEMENT,
    ),
    Before(
        Text(id="tidak ada data mikro atau peta tanpa perjanjian yang ditandatangani",
             en="no microdata or map without a signed agreement"),
        event=e.ProductsDelivered, needs=(e.AgreementSigned,), since=(e.OfferSent,),
        only_for=NEEDS_AGREEMENT,
    ),
    Before(
        Text(id="tidak ada penawaran sebelum permintaan diajukan",
             en="no offer before the request is filed"),
        event=e.OfferSent, needs=(e.RequestFiled,), since=(e.AbstractionSentBack,),
    ),
    Before(
        Text(id="tidak ada kuitansi tanpa pembayaran", en="no receipt without payment"),
        event=e.ReceiptIssued, needs=(e.PaymentConfirmed, e.TransferVerified),
    ),
    Before(
        Text(id="tidak ada kedaluwarsa tanpa peringatan", en="no expiry without a notice"),
        event=e.OfferExpired, needs=(e.ExpiryNoticed,), since=(e.OfferSent,),
    ),
    Once(
        Text(id="tidak ada kuitansi kedua", en="no second receipt"),
        events=(e.ReceiptIssued,),
    ),
    Once(
        Text(id="tidak ada pembayaran kedua", en="no second payment"),
        events=(e.PaymentConfirmed, e.TransferVerified),
    ),
)  # fmt: skip


def _applicant(state: State) -> str | None:
    opened_by = state.last(e.RequestOpened)
    return opened_by.applicant.id if opened_by else None


PROCEDURE = Procedure(
    name="request",
    title=Text(id="Pelayanan Produk Statistik Berbayar", en="Paid Statistical Product Service"),
    start=NEW,
    ends=(CLOSED, CANCELLED, REJECTED, EXPIRED),
    steps=STEPS,
    owner=_applicant,
    rules=RULES,
)

from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path

from . import views

urlpatterns = [
    path("", views.catalogue, name="catalogue"),
    path("pesan/<int:item_id>/", views.place, name="place"),
    path("pesanan/", views.orders, name="orders"),
    path("layanan/", include("shop.service")),  # pst
    path("masuk/", LoginView.as_view(), name="login"),
    path("keluar/", LogoutView.as_view(), name="logout"),
    path("bahasa/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
]

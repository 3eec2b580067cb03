// ReDoc over the contract of the service this page comes from.
Redoc.init("/openapi.json", { nativeScrollbars: true }, document.getElementById("redoc"));

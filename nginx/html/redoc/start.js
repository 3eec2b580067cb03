// ReDoc for the API description of this host.
Redoc.init("/openapi.json", { nativeScrollbars: true }, document.getElementById("redoc"));

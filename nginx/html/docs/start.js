// Swagger UI for the API description of this host.
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  tryItOutEnabled: true,
  // Tokens are not written to the storage of the browser.
  persistAuthorization: false,
  // The validator is on another host.
  validatorUrl: null,
});

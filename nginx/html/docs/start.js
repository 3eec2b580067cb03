// Swagger UI over the contract of the service this page comes from.
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  tryItOutEnabled: true,
  // A token lives as long as the page does: nothing of it is written to the browser's storage.
  persistAuthorization: false,
  // Its validator is another host's, which would be told of this one.
  validatorUrl: null,
});

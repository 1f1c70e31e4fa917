// The page's entry point.
document.title = "IRRViT Mobile";

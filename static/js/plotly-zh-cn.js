// The mode bar's words; Plotly reads them once its own script has run.
window.Plotly.register({
  moduleType: "locale",
  name: "zh-CN",
  dictionary: {
    "Download plot as a PNG": "下载图片（PNG）",
    "Download plot": "下载图片",
    "Reset axes": "复位",
    Autoscale: "自动缩放",
    "Taking snapshot - this may take a few seconds": "正在生成图片……",
    "Snapshot succeeded": "图片已生成",
    "Sorry, there was a problem downloading your snapshot!": "图片未能生成，请重试。",
    "Double-click to zoom back out": "双击还原",
  },
  format: { decimal: ".", thousands: ",", grouping: [3], currency: ["¥", ""] },
});

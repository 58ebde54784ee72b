// <pp-chart>: the drawing of the server stays; "Explore" loads Plotly once and draws the same figure with our colours.
(() => {
  let loading = null;
  const loadPlotly = (source) => {
    loading ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = source;
      script.onload = () => resolve(window.Plotly);
      script.onerror = reject;
      document.head.append(script);
    });
    return loading;
  };

  // Plotly reads plain colours only, so every token is resolved first.
  function colours() {
    const style = getComputedStyle(document.documentElement);
    const token = (name) => style.getPropertyValue(`--pp-${name}`).trim();
    return { ink: token("ink"), muted: token("muted"), grid: token("line-soft"), surface: token("surface"), delivery: token("delivery"), adoption: token("adoption") };
  }

  function dress(figure) {
    const c = colours();
    const axis = { gridcolor: c.grid, linecolor: c.muted, tickcolor: c.muted, zerolinecolor: c.grid };
    const data = (figure.data || []).map((trace) => {
      const colour = c[trace.meta?.half] || c[trace.meta?.ink] || c.ink;
      return { ...trace, line: { ...trace.line, color: colour, dash: trace.meta?.half === "adoption" ? "dash" : "solid" }, marker: { ...trace.marker, color: colour, symbol: trace.meta?.half === "adoption" ? "diamond" : "circle" } };
    });
    const layout = {
      ...figure.layout,
      paper_bgcolor: c.surface,
      plot_bgcolor: c.surface,
      font: { family: "Inter Variable, system-ui, sans-serif", size: 13, color: c.muted },
      xaxis: { ...axis, ...figure.layout?.xaxis },
      yaxis: { ...axis, ...figure.layout?.yaxis },
      margin: { l: 48, r: 24, t: 16, b: 40, ...figure.layout?.margin },
      hovermode: figure.layout?.hovermode || "x unified",
      autosize: true,
    };
    return { data, layout };
  }

  class Chart extends HTMLElement {
    connectedCallback() {
      this.drawing = this.querySelector(".pp-chart");
      this.button = document.createElement("button");
      this.button.type = "button";
      this.button.className = "btn pp-explore";
      this.button.textContent = this.dataset.explore;
      this.button.setAttribute("aria-pressed", "false");
      this.button.addEventListener("click", () => this.toggle());
      this.append(this.button);
      // The library is fetched when the chart comes near and somebody may press; it is never needed to read the page.
      this.redraw = () => this.canvas && !this.canvas.hidden && this.draw();
      document.addEventListener("pp-theme-changed", this.redraw);
    }

    disconnectedCallback() {
      document.removeEventListener("pp-theme-changed", this.redraw);
    }

    async toggle() {
      if (this.canvas && !this.canvas.hidden) return this.swap(false);
      this.button.setAttribute("aria-busy", "true");
      try {
        this.plotly = await loadPlotly(this.dataset.plotly);
        if (!this.canvas) {
          this.canvas = document.createElement("div");
          this.canvas.className = "pp-chart-canvas";
          this.drawing.after(this.canvas);
        }
        this.swap(true);
        await this.draw();
      } finally {
        this.button.removeAttribute("aria-busy");
      }
    }

    swap(exploring) {
      this.canvas.hidden = !exploring;
      this.drawing.hidden = exploring;
      this.button.textContent = exploring ? this.dataset.back : this.dataset.explore;
      this.button.setAttribute("aria-pressed", String(exploring));
    }

    draw() {
      const figure = JSON.parse(document.getElementById(this.dataset.figure).textContent);
      const { data, layout } = dress(figure);
      return this.plotly.react(this.canvas, data, layout, { displaylogo: false, responsive: true, displayModeBar: false });
    }
  }
  customElements.define("pp-chart", Chart);
})();

// Labels in the language chosen: one catalogue each, words_en.json and words_zh.json.

class Words {
  constructor(catalogues, language) {
    this.catalogues = catalogues;
    this.language = language in catalogues ? language : navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
  }

  get languages() {
    return Object.keys(this.catalogues);
  }

  // The words for `key`, with each {name} replaced by that of `values`.
  say(key, values = {}) {
    return this.catalogues[this.language][key].replace(/\{(\w+)\}/g, (_, name) => isolated(String(values[name])));
  }

  list(key) {
    return this.catalogues[this.language][key];
  }

  // Fills what stands in the page from the beginning.
  fill(root) {
    root.documentElement.lang = this.language === "zh" ? "zh-CN" : this.language;
    for (const element of root.querySelectorAll("[data-word]")) element.textContent = this.say(element.dataset.word);
    for (const element of root.querySelectorAll("[data-hint]")) element.placeholder = this.say(element.dataset.hint);
    for (const element of root.querySelectorAll("[data-title]")) {
      element.title = this.say(element.dataset.title);
      element.setAttribute("aria-label", element.title);
    }
  }

  percent(share) {
    return share === null || Number.isNaN(share) ? "–" : `${(100 * share).toFixed(1)} %`;
  }

  // "2 min 05 s", "48 s".
  seconds(seconds) {
    const minutes = Math.floor(seconds / 60);
    const rest = Math.round(seconds % 60);
    if (!minutes) return this.say("n s", { n: rest });
    return rest
      ? `${this.say("n min", { n: minutes })} ${this.say("n s", { n: rest })}`
      : this.say("n min", { n: minutes });
  }
}

// A name that turns the direction of writing does so within itself alone.
function isolated(name) {
  return /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc]/.test(name)
    ? `\u2068${name}\u2069`
    : name;
}

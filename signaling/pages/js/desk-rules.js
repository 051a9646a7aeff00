/**
 * <desk-rules>: the rules by which the floor is given, who has the chair, and whether newcomers are let
 * in.  What is chosen holds at once.
 */

import { h, setFacts, setText } from "./dom.js";
import { isChair, successors } from "./desk-powers.js";

/** How many speak at once, as a chair says it; any other number stands in the policy all the same. */
const MODES = { one: 1, discussion: 3, chair_only: 0 };
const HANDS = ["queue", "confirm", "block"];
/** Speaking times in minutes; 0: no limit. */
const LIMITS = [3, 5, 7, 10, 15, 0];

export class DeskRules extends HTMLElement {
  #desk = null;
  #mode = null;
  #hands = null;
  #limit = null;
  #lock = null;
  #has = h("p", { class: "has" });
  #people = h("ul", { class: "consoles" });
  #to = null;
  #hand = null;
  #offered = "";

  begin(desk) {
    this.#desk = desk;
    const { words, procedure } = desk;
    const pick = (id, options, changed) =>
      h("select", { id, on: { change: ({ target }) => void changed(target.value) } }, ...options);
    const option = (value, text) => h("option", { value: String(value), text });
    const modes = Object.entries(MODES).map(([name, most]) => option(most, words.word("desk.mode", name)));
    this.#mode = pick("rule-mode", modes, (most) => this.#policy({ max_floor_users: Number(most) }));
    const hands = HANDS.map((name) => option(name, words.word("desk.hands", name)));
    this.#hands = pick("rule-hands", hands, (name) => this.#policy({ request_handling: name }));
    const limits = LIMITS.map((minutes) => option(minutes * 60, this.#minutes(minutes * 60)));
    this.#limit = pick("rule-limit", limits, (limit) => this.#policy({ limit_s: Number(limit) || null }));
    const lock = () => procedure.lock(!desk.store.snapshot.locked);
    this.#lock = h("button", { type: "button", data: { act: "lock" }, on: { click: lock } });
    this.#to = h("select", { id: "chair-to" });
    const hand = () => procedure.handOver(this.#to.value);
    this.#hand = h("button", {
      type: "button",
      data: { act: "handover" },
      text: words.t("desk.chair.hand"),
      on: { click: hand },
    });
    const label = (id, key) => h("label", { for: id, text: words.t(key) });
    this.append(
      h(
        "div",
        { class: "rules" },
        h("h3", { text: words.t("desk.rules.heading") }),
        label("rule-mode", "desk.rules.mode"),
        this.#mode,
        label("rule-hands", "desk.rules.hands"),
        this.#hands,
        label("rule-limit", "desk.rules.limit"),
        this.#limit,
        this.#lock,
      ),
      h(
        "div",
        { class: "chair" },
        h("h3", { text: words.t("desk.chair.heading") }),
        this.#has,
        this.#people,
        label("chair-to", "desk.chair.to"),
        h("p", { class: "pair" }, this.#to, this.#hand),
      ),
    );
  }

  show() {
    const { store, words, may } = this.#desk;
    const { policy, locked, consoles, phase } = store.snapshot;
    this.#choose(this.#mode, policy.max_floor_users, (most) => words.t("desk.mode.other", { most }));
    this.#choose(this.#hands, policy.request_handling, (name) => name);
    this.#choose(this.#limit, policy.limit_s ?? 0, (limit) => this.#minutes(limit));
    for (const select of [this.#mode, this.#hands, this.#limit]) {
      select.disabled = !may("floor") || phase === "closed";
    }
    setText(this.#lock, words.t(locked ? "desk.unlock" : "desk.lock"));
    this.#lock.setAttribute("aria-pressed", String(locked));
    this.#lock.disabled = !may("care");
    const chairs = Object.entries(consoles).filter(([user, roles]) => isChair({ user, roles }, store.snapshot));
    const names = chairs.map(([user]) => user).join(", ");
    setText(this.#has, names === "" ? words.t("desk.chair.nobody") : words.t("desk.chair.has", { names }));
    this.#showPeople(consoles);
    const offered = successors(store.snapshot);
    setFacts(this, { successors: offered.length });
    this.#offer(offered);
    this.#hand.disabled = this.#to.disabled = !may("floor") || offered.length === 0;
  }

  #showPeople(consoles) {
    const { words } = this.#desk;
    const said = Object.entries(consoles).map(
      ([user, roles]) => `${user} (${roles.map((role) => words.word("role", role)).join(", ")})`,
    );
    const text = said.join("\n");
    if (this.#people.dataset.said === text) return;
    this.#people.dataset.said = text;
    this.#people.replaceChildren(...said.map((line) => h("li", { text: line })));
  }

  #offer(people) {
    const { words } = this.#desk;
    const now = people.map(({ user }) => user).join(" ");
    if (now === this.#offered) return;
    this.#offered = now;
    this.#to.replaceChildren(
      ...people.map(({ user, role }) => h("option", { value: user, text: `${user} (${words.word("role", role)})` })),
    );
  }

  /** Show what holds, also what no option here names. */
  #choose(select, value, name) {
    const wanted = String(value);
    if (![...select.options].some((option) => option.value === wanted)) {
      select.append(h("option", { value: wanted, text: name(value) }));
    }
    if (!select.matches(":focus") && select.value !== wanted) select.value = wanted;
  }

  #minutes(limit_s) {
    const { words } = this.#desk;
    if (limit_s === 0) return words.t("desk.no_limit");
    return words.t("time.minutes", { minutes: Math.round(limit_s / 6) / 10 });
  }

  /** What was refused is shown as it is. */
  async #policy(changes) {
    await this.#desk.procedure.policy(changes);
    document.activeElement?.blur();
    this.show();
  }
}

customElements.define("desk-rules", DeskRules);

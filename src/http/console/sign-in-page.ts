import type { SignedIn } from '../sessions.ts';
import { html, type Html } from './html.ts';
import { layout, notice, token } from './layout.ts';

/** The form to sign in with; where no password may be sent, why. */
export function signInPage(given: {
  readonly confidential: boolean;
  readonly account?: string;
  readonly problem?: string | undefined;
}): Html {
  const { confidential, account = '', problem } = given;
  const form = html`<form method="post" action="/console/sign-in">
    <label for="account">Account</label>
    <input
      id="account"
      name="account"
      value="${account}"
      maxlength="100"
      autocomplete="username"
      required
      autofocus
    />
    <label for="password">Password</label>
    <input
      id="password"
      name="password"
      type="password"
      maxlength="256"
      autocomplete="current-password"
      required
    />
    <button>Sign in</button>
  </form>`;
  const refusal = html`<p class="notice problem">
    Passwords are taken over HTTPS, or from <code>http://localhost</code>. Behind a proxy that speaks HTTPS,
    set <code>SOC_TRUST_PROXY</code> and let it send <code>X-Forwarded-Proto</code>.
  </p>`;
  return layout({
    title: 'Sign in',
    content: html`<section class="card narrow">
      <h1>Sign in</h1>
      ${notice(problem)} ${confidential ? form : refusal}
      <p class="hint">
        Accounts are made where the server runs: <code>soc-defenders account create NAME</code>
      </p>
    </section>`,
  });
}

export function passwordPage(who: SignedIn, problem?: string): Html {
  return layout({
    title: 'Password',
    who,
    content: html`<section class="card narrow">
      <h1>Password of ${who.account}</h1>
      ${notice(problem)}
      <form method="post" action="/console/password">
        ${token(who)}
        <input type="hidden" name="account" value="${who.account}" autocomplete="username" />
        <label for="current">Present password</label>
        <input
          id="current"
          name="current_password"
          type="password"
          maxlength="256"
          autocomplete="current-password"
          required
        />
        <label for="next">New password</label>
        <input
          id="next"
          name="new_password"
          type="password"
          minlength="12"
          maxlength="256"
          autocomplete="new-password"
          aria-describedby="next-hint"
          required
        />
        <p id="next-hint" class="hint">
          At least 12 characters. Everybody else who is signed in to the account is signed out.
        </p>
        <button>Set password</button>
      </form>
    </section>`,
  });
}

/** What went wrong, where no form tells it. */
export function problemPage(title: string, message: string, requestId: string, who?: SignedIn): Html {
  return layout({
    title,
    who,
    content: html`<section class="card narrow">
      <h1>${title}</h1>
      ${notice(message)}
      <p><a href="/console/">To the keys</a></p>
      <p class="hint">Request <code>${requestId}</code></p>
    </section>`,
  });
}

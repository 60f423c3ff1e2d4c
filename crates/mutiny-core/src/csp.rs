//! What a page of an app may load: one policy, enforced by whoever shows pages and read by whoever checks them.

/// The content security policy of an app's documents. `'self'` is the instance's own origin; `ipc:` is the way to the
/// host's commands, which the host's access control guards. Inline styles are allowed because they are everywhere and
/// reach nothing by themselves; inline scripts are not.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; \
    script-src 'self' 'wasm-unsafe-eval'; \
    style-src 'self' 'unsafe-inline'; \
    img-src 'self' data: blob:; \
    font-src 'self' data:; \
    media-src 'self' data: blob:; \
    connect-src 'self' data: blob: ipc://localhost; \
    worker-src 'self'; \
    frame-src 'self'; \
    manifest-src 'self'; \
    base-uri 'none'; \
    form-action 'none'; \
    frame-ancestors 'self'";

/// Whether the policy lets `directive` use `source`, such as `img-src` and `data:`. A directive for loads that the
/// policy does not name falls back to `default-src`.
pub fn allows(directive: &str, source: &str) -> bool {
    let named = |name: &str| {
        CONTENT_SECURITY_POLICY
            .split(';')
            .map(str::split_whitespace)
            .find_map(|mut words| (words.next() == Some(name)).then_some(words))
    };
    named(directive).or_else(|| named("default-src")).is_some_and(|mut sources| sources.any(|word| word == source))
}

#[cfg(test)]
mod tests {
    use super::allows;

    #[test]
    fn the_policy_is_read_by_directive() {
        assert!(allows("img-src", "data:"));
        assert!(!allows("script-src", "data:"));
        assert!(!allows("script-src", "'unsafe-inline'"));
        assert!(allows("style-src", "'unsafe-inline'"));
        assert!(!allows("form-action", "'self'"));
    }

    #[test]
    fn what_it_does_not_name_is_what_the_default_says() {
        assert!(!allows("object-src", "'self'"));
    }
}

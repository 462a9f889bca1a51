//! Fields that a vendor names when it refuses an order: from its way of writing a path to the place in the payload.

/// The JSON pointer of a path as vendors write it: `.items[0].price`, `items[0].price`, `$.items[0]`, or a pointer
/// already. `None` for what is no path.
pub fn pointer_of(path: &str) -> Option<String> {
    if path.starts_with('/') {
        let well = |part: &str| !part.is_empty() && part.chars().all(|c| is_name(c) || c == '~');
        return path.split('/').skip(1).all(well).then(|| path.to_owned());
    }
    let path = path.strip_prefix('$').unwrap_or(path);
    let path = path.strip_prefix('.').unwrap_or(path);
    let mut pointer = String::with_capacity(path.len() + 1);
    for part in path.split('.') {
        let (name, mut indices) = match part.find('[') {
            Some(at) => part.split_at(at),
            None => (part, ""),
        };
        let begins_well =
            name.is_empty() || name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        if (name.is_empty() && indices.is_empty()) || !begins_well || !name.chars().all(is_name) {
            return None;
        }
        if !name.is_empty() {
            pointer.push('/');
            pointer.push_str(name);
        }
        while !indices.is_empty() {
            let (index, rest) = indices.strip_prefix('[')?.split_once(']')?;
            if index.is_empty() || !index.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            pointer.push('/');
            pointer.push_str(index);
            indices = rest;
        }
    }
    Some(pointer)
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

/// The places that a sentence names, each with what the sentence says from there on. A path is known by its dots and
/// brackets; a single name only where a colon follows it.
pub fn places(sentence: &str) -> Vec<(String, &str)> {
    let mut found = Vec::new();
    let mut named = Vec::new();
    let mut left = sentence;
    for word in sentence.split_whitespace() {
        let at = left.find(word).unwrap_or(0);
        let rest = left.get(at..).unwrap_or(left);
        left = rest.get(word.len()..).unwrap_or_default();
        let bare = word
            .trim_matches(|c: char| matches!(c, '"' | '\'' | '`' | '(' | ')' | ',' | ':' | ';'));
        let bare = bare.strip_suffix('.').unwrap_or(bare);
        let is_path = bare.starts_with(['.', '/', '$']) || bare.contains('[') || bare.contains('.');
        let Some(pointer) = pointer_of(bare) else {
            continue;
        };
        if is_path {
            found.push((pointer, rest));
        } else if word.ends_with(':') {
            named.push((pointer, rest));
        }
    }
    if found.is_empty() { named } else { found }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_pointers() {
        for (path, pointer) in [
            (
                ".items[0].initial_quantity",
                Some("/items/0/initial_quantity"),
            ),
            ("items[12].product.sku", Some("/items/12/product/sku")),
            ("$.items[0]", Some("/items/0")),
            ("[3].id", Some("/3/id")),
            ("a[0][1]", Some("/a/0/1")),
            ("locale", Some("/locale")),
            ("/items/0/price", Some("/items/0/price")),
            ("", None),
            (".", None),
            ("a..b", None),
            ("a[", None),
            ("a[x]", None),
            ("a[0]b", None),
            ("//", None),
            ("2.50", None),
            ("caf\u{e9}", None),
        ] {
            assert_eq!(pointer_of(path).as_deref(), pointer, "{path}");
        }
    }

    #[test]
    fn a_sentence_names_its_places() {
        let one = places("Property .items[0].initial_quantity cannot be lower than 1");
        let words = ".items[0].initial_quantity cannot be lower than 1";
        assert_eq!(one, [("/items/0/initial_quantity".to_owned(), words)]);
        assert_eq!(
            places("locale: is required"),
            [("/locale".to_owned(), "locale: is required")]
        );
        // Plain words name nothing, and neither does the end of a sentence.
        assert!(places("The order is too old. Look at it").is_empty());
        assert!(places("").is_empty());
    }
}

//! Counts in sentences for people.

/// `1 order`, `2,000 orders`.
pub fn counted(count: u64, one: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {one}{plural}", thousands(count))
}

/// A number with commas: `2,000`.
pub fn thousands(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_and_many_and_thousands() {
        let orders = [0, 1, 2, 999, 2_000, 1_234_567].map(|count| counted(count, "order"));
        assert_eq!(
            orders,
            [
                "0 orders",
                "1 order",
                "2 orders",
                "999 orders",
                "2,000 orders",
                "1,234,567 orders"
            ]
        );
    }
}

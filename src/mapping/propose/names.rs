//! Names of columns and paths, compared as people read them: no case, accents, punctuation, camelCase.

/// A name as words, and those without anything between them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Name {
    pub(super) words: Vec<String>,
    pub(super) joined: String,
}

impl Name {
    /// The words of a column's name or a path; what stands in brackets is no name.
    pub(super) fn of(text: &str) -> Self {
        let mut words: Vec<String> = Vec::new();
        let mut word = String::new();
        let mut before = ' ';
        let mut in_brackets = false;
        for symbol in text.chars() {
            match symbol {
                '[' => in_brackets = true,
                ']' => in_brackets = false,
                _ => {}
            }
            let counts = !in_brackets && symbol.is_alphanumeric();
            let camel = symbol.is_uppercase() && before.is_lowercase();
            if (!counts || camel) && !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            if counts {
                plain(symbol, &mut word);
            }
            before = symbol;
        }
        if !word.is_empty() {
            words.push(word);
        }
        let joined = words.concat();
        Self { words, joined }
    }

    /// Without the little words between others: `numero de pedido` is `numero pedido`.
    pub(super) fn core(&self) -> String {
        const LITTLE: [&str; 13] = [
            "de", "del", "della", "dell", "di", "du", "d", "la", "le", "of", "the", "der", "des",
        ];
        let words = self.words.iter().map(String::as_str);
        words.filter(|word| !LITTLE.contains(word)).collect()
    }

    /// Whether a word of it ends so many bytes into the joined name.
    pub(super) fn has_boundary(&self, at: usize) -> bool {
        let mut end = 0;
        self.words.iter().any(|word| {
            end += word.len();
            end == at
        })
    }
}

/// Small letters without accents; German umlauts written out.
fn plain(symbol: char, out: &mut String) {
    for small in symbol.to_lowercase() {
        let known = match small {
            'ä' | 'æ' => "ae",
            'ö' | 'œ' | 'ø' => "oe",
            'ü' => "ue",
            'ß' => "ss",
            'à' | 'á' | 'â' | 'ã' | 'å' | 'ą' | 'ă' => "a",
            'ç' | 'ć' | 'č' => "c",
            'ď' => "d",
            'è' | 'é' | 'ê' | 'ë' | 'ę' | 'ě' => "e",
            'ì' | 'í' | 'î' | 'ï' => "i",
            'ł' => "l",
            'ñ' | 'ń' | 'ň' => "n",
            'ò' | 'ó' | 'ô' | 'õ' | 'ő' => "o",
            'ř' => "r",
            'ś' | 'š' | 'ș' | 'ş' => "s",
            'ť' | 'ț' => "t",
            'ù' | 'ú' | 'û' | 'ů' | 'ű' => "u",
            'ý' | 'ÿ' => "y",
            'ź' | 'ż' | 'ž' => "z",
            _ => {
                // A combining accent says nothing without its letter.
                if !('\u{300}'..='\u{36f}').contains(&small) {
                    out.push(small);
                }
                continue;
            }
        };
        out.push_str(known);
    }
}

#[cfg(test)]
mod tests {
    use super::Name;

    #[test]
    fn a_name_is_the_same_however_it_is_written() {
        for text in ["Order ID", "order_id", "orderId", "ORDER-ID", " Order  Id:"] {
            assert_eq!(Name::of(text).joined, "orderid", "{text}");
        }
        assert_eq!(Name::of("orderId").words, ["order", "id"]);
        assert_eq!(
            Name::of("Empfänger Straße").words,
            ["empfaenger", "strasse"]
        );
        assert_eq!(Name::of("N° de commande payée").joined, "ndecommandepayee");
        assert_eq!(
            Name::of("refunds[*].total_tax").words,
            ["refunds", "total", "tax"]
        );
        assert!(Name::of("— #").words.is_empty());
    }

    #[test]
    fn words_end_where_they_end() {
        let name = Name::of("order item id");
        assert!(name.has_boundary(5) && name.has_boundary(9) && !name.has_boundary(7));
    }
}

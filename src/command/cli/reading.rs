//! How a file is to be read, where the operator knows better than what was detected.

use clap::Args;

use crate::source::{Reading, is_delimiter};

/// What every command takes that opens an order file.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "How the file is read, instead of what is detected")]
pub struct ReadingArgs {
    /// The text's encoding: UTF-8, UTF-16LE, UTF-32BE, windows-1252, iso-8859-15, macintosh, gb18030 …
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,
    /// What stands between cells: a character, or tab; makes the file a table
    #[arg(long, value_name = "C", value_parser = delimiter, allow_hyphen_values = true)]
    pub delimiter: Option<u8>,
    /// The line (of a workbook: the row) that names the columns; makes the file a table
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub header_line: Option<u64>,
    /// A workbook's sheet, by its name or number
    #[arg(long, value_name = "S")]
    pub sheet: Option<String>,
    /// The most that an archive or a workbook may unpack to, such as 500M or 20G [default: 4G]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub max_unpacked: Option<u64>,
}

impl ReadingArgs {
    /// The same in the words of the source.
    pub fn reading(&self) -> Reading {
        Reading {
            encoding: self.encoding.clone(),
            delimiter: self.delimiter,
            header_line: self.header_line,
            sheet: self.sheet.clone(),
            unpack_limit: self.max_unpacked,
        }
    }

    /// Nothing is said.
    pub fn is_empty(&self) -> bool {
        self.reading().is_default()
    }
}

fn delimiter(text: &str) -> Result<u8, String> {
    let byte = match text.to_ascii_lowercase().as_str() {
        "tab" | "\\t" => b'\t',
        "comma" => b',',
        "semicolon" => b';',
        "pipe" => b'|',
        "space" => b' ',
        _ => match text.as_bytes() {
            [byte] => *byte,
            _ => {
                return Err(
                    "one ASCII character, or tab, is what can stand between cells".to_owned(),
                );
            }
        },
    };
    if is_delimiter(byte) {
        Ok(byte)
    } else {
        Err("no letter, digit, quote or line end can stand between cells".to_owned())
    }
}

fn size(text: &str) -> Result<u64, String> {
    let wrong = || "a size is a number with k, M, G or T behind it: 500M, 20G".to_owned();
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let power = match unit.trim().to_ascii_uppercase().trim_end_matches('B') {
        "" => 0,
        "K" => 10,
        "M" => 20,
        "G" => 30,
        "T" => 40,
        _ => return Err(wrong()),
    };
    number
        .checked_mul(1 << power)
        .filter(|size| *size > 0)
        .ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_have_names() {
        for (text, byte) in [
            (";", b';'),
            ("tab", b'\t'),
            ("\\t", b'\t'),
            ("\t", b'\t'),
            ("^", b'^'),
        ] {
            assert_eq!(delimiter(text), Ok(byte), "{text:?}");
        }
        for text in ["", "a", "::", "\"", "é", "\n"] {
            assert!(delimiter(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn sizes_have_units() {
        for (text, bytes) in [
            ("1000", 1000),
            ("1k", 1024),
            ("500M", 500 << 20),
            ("20 GB", 20 << 30),
        ] {
            assert_eq!(size(text), Ok(bytes), "{text:?}");
        }
        for text in ["", "M", "0", "1.5G", "5X", "99999999999T"] {
            assert!(size(text).is_err(), "{text:?}");
        }
    }
}

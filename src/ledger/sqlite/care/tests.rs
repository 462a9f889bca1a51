//! Tests of looking after the file.

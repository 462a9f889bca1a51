//! The three axes of an order's status, and the one precedence for vendors with one field.

/// Makes a status enum with its names in one table.
macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant,)+ }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The names of every value, in the same order.
            pub const NAMES: &'static [&'static str] = &[$($text),+];

            /// The name in mapping files, edits and on screen.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The value of that name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.name() == name)
            }
        }
    };
}

named! {
    /// How far payment has come.
    Payment {
        /// Nothing was paid yet.
        Pending = "pending",
        /// The amount is reserved.
        Authorised = "authorised",
        /// A part was paid.
        PartlyPaid = "partly-paid",
        /// Paid.
        Paid = "paid",
        /// A part was given back.
        PartlyRefunded = "partly-refunded",
        /// All was given back.
        Refunded = "refunded",
        /// The payment was voided: the order counts as cancelled.
        Voided = "voided",
    }
}

named! {
    /// How far delivery has come.
    Fulfilment {
        /// Nothing was sent yet.
        Unfulfilled = "unfulfilled",
        /// A part was sent.
        PartlyShipped = "partly-shipped",
        /// Sent.
        Shipped = "shipped",
        /// Arrived.
        Delivered = "delivered",
        /// Came back.
        Returned = "returned",
    }
}

named! {
    /// What became of one line.
    LineStatus {
        /// Ordered.
        Created = "created",
        /// Paid or billed.
        Invoiced = "invoiced",
        /// Sent.
        Shipped = "shipped",
        /// Arrived.
        Delivered = "delivered",
        /// Taken out.
        Cancelled = "cancelled",
        /// Given back.
        Refunded = "refunded",
    }
}

named! {
    /// The one status of vendors with one field. The names are the keys of status tables in profiles.
    Stage {
        /// Not paid yet, or only authorised.
        Pending = "pending",
        /// Paid, wholly or partly.
        Paid = "paid",
        /// Sent, wholly or partly.
        Shipped = "shipped",
        /// Arrived.
        Delivered = "delivered",
        /// Given back wholly.
        Refunded = "refunded",
        /// Cancelled or voided.
        Cancelled = "cancelled",
    }
}

impl Stage {
    /// One precedence: cancelled, refunded, delivered, shipped, paid, pending. A part that was refunded
    /// leaves the status it had.
    pub fn of(
        cancelled: Option<bool>,
        payment: Option<Payment>,
        fulfilment: Option<Fulfilment>,
    ) -> Self {
        if cancelled == Some(true) {
            return Self::Cancelled;
        }
        match (fulfilment, payment) {
            (_, Some(Payment::Voided)) => Self::Cancelled,
            (_, Some(Payment::Refunded)) | (Some(Fulfilment::Returned), _) => Self::Refunded,
            (Some(Fulfilment::Delivered), _) => Self::Delivered,
            (Some(Fulfilment::Shipped | Fulfilment::PartlyShipped), _) => Self::Shipped,
            (_, Some(Payment::Paid | Payment::PartlyPaid | Payment::PartlyRefunded)) => Self::Paid,
            _ => Self::Pending,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_precedence() {
        let of = Stage::of;
        assert_eq!(
            of(Some(true), Some(Payment::Refunded), None),
            Stage::Cancelled
        );
        assert_eq!(
            of(None, Some(Payment::Refunded), Some(Fulfilment::Shipped)),
            Stage::Refunded
        );
        assert_eq!(
            of(None, Some(Payment::Voided), Some(Fulfilment::Shipped)),
            Stage::Cancelled
        );
        assert_eq!(
            of(None, Some(Payment::Paid), Some(Fulfilment::Delivered)),
            Stage::Delivered
        );
        assert_eq!(
            of(None, Some(Payment::Paid), Some(Fulfilment::PartlyShipped)),
            Stage::Shipped
        );
        assert_eq!(
            of(
                None,
                Some(Payment::PartlyRefunded),
                Some(Fulfilment::Unfulfilled)
            ),
            Stage::Paid
        );
        assert_eq!(of(None, Some(Payment::Authorised), None), Stage::Pending);
        assert_eq!(of(None, None, None), Stage::Pending);
    }

    #[test]
    fn names_come_back() {
        for payment in Payment::ALL {
            assert_eq!(Payment::from_name(payment.name()), Some(*payment));
        }
    }
}

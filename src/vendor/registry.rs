//! Who there is. A fifth vendor is one more folder and one more line here.

use super::VendorRef;

/// Every vendor, in the order of their tabs.
pub static ALL: &[VendorRef] = &[
    &super::kameleoon::Kameleoon,
    &super::voucherify::Voucherify,
    &super::project_agora::ProjectAgora,
    &super::kibo::Kibo,
];

/// The vendor of that name.
pub fn by_name(name: &str) -> Option<VendorRef> {
    ALL.iter().copied().find(|vendor| vendor.name() == name)
}

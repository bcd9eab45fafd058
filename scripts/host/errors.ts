/**
 * The ways the host itself says no. Traps of the guest are not among them: they fail the VM, as in Envoy.
 */

/** proxy_on_vm_start or proxy_on_configure answered false: Envoy would reject this configuration push. */
export class ConfigurationRefused extends Error {
  override readonly name = "ConfigurationRefused";
}

/** The module could not be loaded by Envoy: an import nobody provides, a missing export, an unknown ABI. */
export class ModuleRefused extends Error {
  override readonly name = "ModuleRefused";
}

/** The module did what crashes a real Envoy, such as two resets of one stream. Never caught by the host. */
export class HostCrash extends Error {
  override readonly name = "HostCrash";
}

/** Unwinds the guest after proxy or WASI calls that must not return; counts as a trap. */
export class GuestExit extends Error {
  override readonly name = "GuestExit";
}

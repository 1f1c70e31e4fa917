// What Apple's identifiers of phones stand for: those that iOS 17 runs on, up to 2025. A phone that
// is not listed goes by its identifier.

struct DeviceName: Equatable, Sendable {
    let name, soc: String
}

func deviceName(_ identifier: String) -> DeviceName {
    deviceNames[identifier] ?? DeviceName(name: identifier, soc: "unknown")
}

private let deviceNames: [String: DeviceName] = [
    "iPhone11,2": DeviceName(name: "iPhone XS", soc: "A12"),
    "iPhone11,4": DeviceName(name: "iPhone XS Max", soc: "A12"),
    "iPhone11,6": DeviceName(name: "iPhone XS Max", soc: "A12"),
    "iPhone11,8": DeviceName(name: "iPhone XR", soc: "A12"),
    "iPhone12,1": DeviceName(name: "iPhone 11", soc: "A13"),
    "iPhone12,3": DeviceName(name: "iPhone 11 Pro", soc: "A13"),
    "iPhone12,5": DeviceName(name: "iPhone 11 Pro Max", soc: "A13"),
    "iPhone12,8": DeviceName(name: "iPhone SE (2nd generation)", soc: "A13"),
    "iPhone13,1": DeviceName(name: "iPhone 12 mini", soc: "A14"),
    "iPhone13,2": DeviceName(name: "iPhone 12", soc: "A14"),
    "iPhone13,3": DeviceName(name: "iPhone 12 Pro", soc: "A14"),
    "iPhone13,4": DeviceName(name: "iPhone 12 Pro Max", soc: "A14"),
    "iPhone14,2": DeviceName(name: "iPhone 13 Pro", soc: "A15"),
    "iPhone14,3": DeviceName(name: "iPhone 13 Pro Max", soc: "A15"),
    "iPhone14,4": DeviceName(name: "iPhone 13 mini", soc: "A15"),
    "iPhone14,5": DeviceName(name: "iPhone 13", soc: "A15"),
    "iPhone14,6": DeviceName(name: "iPhone SE (3rd generation)", soc: "A15"),
    "iPhone14,7": DeviceName(name: "iPhone 14", soc: "A15"),
    "iPhone14,8": DeviceName(name: "iPhone 14 Plus", soc: "A15"),
    "iPhone15,2": DeviceName(name: "iPhone 14 Pro", soc: "A16"),
    "iPhone15,3": DeviceName(name: "iPhone 14 Pro Max", soc: "A16"),
    "iPhone15,4": DeviceName(name: "iPhone 15", soc: "A16"),
    "iPhone15,5": DeviceName(name: "iPhone 15 Plus", soc: "A16"),
    "iPhone16,1": DeviceName(name: "iPhone 15 Pro", soc: "A17 Pro"),
    "iPhone16,2": DeviceName(name: "iPhone 15 Pro Max", soc: "A17 Pro"),
    "iPhone17,1": DeviceName(name: "iPhone 16 Pro", soc: "A18 Pro"),
    "iPhone17,2": DeviceName(name: "iPhone 16 Pro Max", soc: "A18 Pro"),
    "iPhone17,3": DeviceName(name: "iPhone 16", soc: "A18"),
    "iPhone17,4": DeviceName(name: "iPhone 16 Plus", soc: "A18"),
    "iPhone17,5": DeviceName(name: "iPhone 16e", soc: "A18"),
]

// For Android Studio; `make apk` does without. See README.md: its authors have never built it.
pluginManagement {
    repositories {
        google()
        mavenCentral()
        gradlePluginPortal()
    }
}
dependencyResolutionManagement {
    repositories {
        google()
        mavenCentral()
    }
}
rootProject.name = "irrvit-mobile"
include(":app")

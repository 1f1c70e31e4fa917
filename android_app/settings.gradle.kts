// For Android Studio; `make apk` does without. See README.md: this project was never built by its authors.
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

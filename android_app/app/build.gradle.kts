plugins {
    id("com.android.application") version "8.7.3"
    id("org.jetbrains.kotlin.android") version "2.1.0"
}

android {
    namespace = "org.irrvit.mobile"
    compileSdk = 35
    defaultConfig {
        minSdk = 26
        targetSdk = 35
        versionCode = 1
        versionName = "0.1.0"
        ndk { abiFilters += listOf("arm64-v8a", "x86_64") }
    }
    // The same sources as `make apk`; assets are those that it gathers.
    sourceSets["main"].kotlin.srcDirs("../core/src/main/kotlin", "../runtime/src/main/kotlin")
    sourceSets["main"].assets.srcDir("../build/assets")
    sourceSets["test"].kotlin.srcDir("../core/src/test/kotlin")
    testOptions.unitTests.isIncludeAndroidResources = true
    packaging.jniLibs.useLegacyPackaging = true
    packaging.resources.excludes += "META-INF/**"
    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_1_8
        targetCompatibility = JavaVersion.VERSION_1_8
    }
    kotlinOptions.jvmTarget = "1.8"
}

dependencies {
    val lite = "2.21.0-1.5.14"
    val javacpp = "1.5.14"
    implementation("org.bytedeco:tensorflow-lite:$lite")
    implementation("org.bytedeco:javacpp:$javacpp")
    for (processor in listOf("android-arm64", "android-x86_64")) {
        runtimeOnly("org.bytedeco:tensorflow-lite:$lite:$processor")
        runtimeOnly("org.bytedeco:javacpp:$javacpp:$processor")
    }
    implementation("com.microsoft.onnxruntime:onnxruntime-android:1.22.0")
    testImplementation("junit:junit:4.13.2")
    testImplementation("org.json:json:20260814")
    testImplementation("org.robolectric:robolectric:4.17")
}

package org.irrvit.mobile

import android.content.Context
import irrvit.core.Run
import irrvit.core.RunConfig
import irrvit.runtime.Artifact
import irrvit.runtime.Progress
import irrvit.runtime.goldenPixels
import irrvit.runtime.measure
import irrvit.runtime.runtimeOf
import java.util.UUID

/** Measure a model on this phone, and tell what is known of the phone beside it. */
fun measureHere(context: Context, artifact: Artifact, progress: Progress): Run {
    val manifest = artifact.manifest
    val facts = DeviceFacts(context)
    val config = RunConfig(runtimeOf(manifest.target), THREADS)
    progress.notify("loading the network and its pictures")
    val pictures = goldenPixels(manifest, Pictures(context)::golden)
    val before = facts.state()
    val measured = measure(artifact, config, pictures, progress)
    return Run(
        runId = UUID.randomUUID().toString().replace("-", ""),
        device = facts.info(),
        config = config,
        runtimeVersion = measured.runtimeVersion,
        placement = measured.placement,
        goldenCases = measured.golden.cases,
        goldenFailures = measured.golden.failures,
        before = before,
        after = facts.state(),
        repeats = measured.repeats,
        sharesProcess = true,
        startedUtc = before.atUtc,
        peakMemoryBytes = measured.peakMemoryBytes,
        idleMemoryBytes = measured.idleMemoryBytes,
        interrupted = measured.interrupted,
    )
}

package io.stoat.affinity;

import java.util.ArrayList;
import java.util.List;

/** The part of {@link HostCheck} about the JVM and its flags. */
final class JvmChecks {
    private static final int MIN_FEATURE = 17;
    private static final String MEND =
            "start with java @ops/jvm.options, as the stoat command does";

    /** Without these Chronicle Map, Agrona or Aeron do not start. */
    private static final List<String> NEEDED =
            List.of(
                    "java.base/jdk.internal.misc=ALL-UNNAMED",
                    "java.base/sun.nio.ch=ALL-UNNAMED",
                    "java.base/java.lang.reflect=ALL-UNNAMED",
                    "java.base/java.nio=ALL-UNNAMED",
                    "jdk.compiler/com.sun.tools.javac=ALL-UNNAMED");

    /** Starts of arguments for debugging, each with what it does. */
    private static final List<List<String>> SLOW =
            List.of(
                    List.of("-agentlib:jdwp", "a debugger may stop every thread"),
                    List.of("-Xrunjdwp", "a debugger may stop every thread"),
                    List.of("-Xint", "nothing is compiled"),
                    List.of("-Xcheck:jni", "each native call is checked"),
                    List.of("-XX:+ExtendedDTraceProbes", "each method call is reported"));

    private final JvmFacts jvm;

    JvmChecks(final JvmFacts jvm) {
        this.jvm = jvm;
    }

    List<Finding> run() {
        return List.of(version(), access(), collector(), statistics(), debugging());
    }

    private Finding version() {
        final String name = "JVM";
        if (jvm.feature() < MIN_FEATURE || !jvm.is64Bit()) {
            return Finding.fail(
                    name,
                    jvm.version() + (jvm.is64Bit() ? "" : ", 32 bits"),
                    "Stoat does not run on it",
                    "install a 64-bit JDK of version 17 or later and set JAVA_HOME to it");
        }
        return jvm.version().contains("OpenJ9")
                ? Finding.warn(
                        name,
                        jvm.version(),
                        "Stoat is measured on HotSpot alone, whose compiler the hot path is written for",
                        "set JAVA_HOME to a HotSpot JDK, for example of Debian or Temurin")
                : Finding.ok(name, jvm.version());
    }

    private Finding access() {
        final String name = "JVM access flags";
        final List<String> missing = new ArrayList<>();
        for (final String needed : NEEDED) {
            if (jvm.arguments().stream().noneMatch(argument -> argument.endsWith(needed))) {
                missing.add(needed.substring(0, needed.indexOf('=')));
            }
        }
        return missing.isEmpty()
                ? Finding.ok(name, "given")
                : Finding.fail(
                        name,
                        "missing for " + String.join(", ", missing),
                        "the store or the media driver fails at start",
                        MEND);
    }

    private Finding collector() {
        final String name = "JVM garbage collector";
        final String collectors = String.join(", ", jvm.collectors());
        if (jvm.collectors().stream().anyMatch(collector -> collector.contains("MarkSweep"))
                && jvm.collectors().stream().noneMatch(collector -> collector.startsWith("PS "))) {
            return Finding.ok(name, "Serial");
        }
        return Finding.warn(
                name,
                collectors,
                "its barriers are paid on every reference that the hot path touches, which allocates"
                        + " nothing to collect",
                "-XX:+UseSerialGC, or " + MEND);
    }

    private Finding statistics() {
        final String name = "JVM statistics file";
        return jvm.arguments().contains("-XX:+PerfDisableSharedMem")
                        || jvm.arguments().contains("-XX:-UsePerfData")
                ? Finding.ok(name, "not mapped")
                : Finding.warn(
                        name,
                        "mapped in /tmp",
                        "the JVM stops all threads while the kernel writes that file to a busy disk: up"
                                + " to seconds",
                        "-XX:+PerfDisableSharedMem, or " + MEND);
    }

    private Finding debugging() {
        final String name = "JVM debugging";
        for (final List<String> slow : SLOW) {
            for (final String argument : jvm.arguments()) {
                if (argument.startsWith(slow.get(0))) {
                    return Finding.warn(
                            name,
                            argument,
                            slow.get(1),
                            "start without it (look into JAVA_TOOL_OPTIONS and STOAT_JAVA_OPTS too)");
                }
            }
        }
        return Finding.ok(name, "off");
    }
}

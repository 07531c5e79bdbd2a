package io.stoat.affinity;

import java.util.Optional;

/** Limits of this process, from {@code proc/self/limits}. */
final class ProcessLimits {
    static final String SOURCE = "/proc/self/limits";
    static final String UNLIMITED = "unlimited";

    private ProcessLimits() {}

    /** The soft limit as the kernel writes it: a number or "unlimited". */
    static Optional<String> soft(final HostFiles files, final String name) {
        return files.lines("proc/self/limits").stream()
                .filter(line -> line.startsWith(name + " "))
                .map(line -> line.substring(name.length()).trim().split("\\s+")[0])
                .filter(limit -> limit.equals(UNLIMITED) || HostFiles.parseLong(limit).isPresent())
                .findFirst();
    }
}

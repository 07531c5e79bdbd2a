package io.stoat.bench.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class GitBuildTest {
    @Test
    void shouldNameTheCommitThatAReferenceStoodFor() {
        assertEquals("main@0123456789ab", GitBuild.name("main", "0123456789ab"));
        assertEquals("0123456789ab", GitBuild.name("0123456789ab", "0123456789ab"));
        assertEquals("0123456789ab", GitBuild.name("0123456789abcdef", "0123456789ab"));
    }
}

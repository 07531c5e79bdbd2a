package io.stoat.bench.target;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ClusterTargetSettingsTest {
    @Test
    void shouldNameTheDatagramsThatAreShippedForLoopback() {
        final String settings = new ClusterTarget(ClusterTarget.Reads.LOCAL).settings();
        assertTrue(settings.contains("MTU 65,504 B"), settings);
    }
}

package io.stoat.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the checks find is tested over recorded hosts in affinity; here how it is told. */
class DoctorCommandTest {
    @TempDir Path dir;

    private final StoatWords stoat = new StoatWords();

    @Test
    void shouldTellTheSameInTextAndJson() throws IOException {
        final int textCode = stoat.run("doctor", "--data-dir", dir);
        final String text = stoat.output();
        final int jsonCode = stoat.run("doctor", "--data-dir", dir, "--json");
        final Map<String, Object> json = JSON.std.mapFrom(stoat.output());
        assertEquals(textCode, jsonCode);
        assertEquals(textCode == ExitCode.FAILED, !json.get("FAIL").equals(0), text);
        final List<?> findings = (List<?>) json.get("findings");
        assertFalse(findings.isEmpty());
        for (final Object row : findings) {
            final Map<?, ?> finding = (Map<?, ?>) row;
            assertTrue(
                    text.lines()
                            .anyMatch(
                                    line ->
                                            line.startsWith(finding.get("level").toString())
                                                    && line.contains(
                                                            finding.get("name").toString())),
                    finding.toString());
            assertTrue(text.contains(finding.get("mend").toString()), finding.toString());
        }
        assertTrue(text.contains(json.get("automaticPlan").toString()), text);
    }
}

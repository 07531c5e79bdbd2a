package io.stoat.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Runs {@code stoat} commands in this JVM and looks at what they print. */
final class StoatWords {
    private String output = "";

    /** Runs a command and keeps what it printed, errors included. */
    int run(final Object... words) {
        final PrintStream out = System.out;
        final PrintStream err = System.err;
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final PrintStream capture = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        System.setOut(capture);
        System.setErr(capture);
        try {
            return StoatMain.execute(
                    Arrays.stream(words).map(Object::toString).toArray(String[]::new));
        } finally {
            System.setOut(out);
            System.setErr(err);
            output = bytes.toString(StandardCharsets.UTF_8);
        }
    }

    void expect(final int exitCode, final String words, final Object... command) {
        final int actual = run(command);
        assertEquals(exitCode, actual, output);
        assertTrue(output.contains(words), "expected '" + words + "' in: " + output);
        assertFalse(output.contains("\tat "), "a stack trace: " + output);
    }

    String output() {
        return output;
    }
}

package io.stoat.bench.result;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/** JSON objects in files. */
public final class JsonFile {
    private JsonFile() {}

    /**
     * Writes an object; a reader sees the old file or the whole new one.
     *
     * @param file to write.
     * @param object to write.
     */
    public static void write(final Path file, final Map<String, ?> object) {
        final Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            Files.writeString(part, text(object));
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (final IOException ex) {
            throw new UncheckedIOException("cannot write " + file, ex);
        }
    }

    /**
     * @param object to write.
     * @return its JSON.
     */
    public static String text(final Map<String, ?> object) {
        try {
            return JSON.std.with(JSON.Feature.WRITE_NULL_PROPERTIES).asString(object);
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /**
     * @param file to read.
     * @return the object in it.
     * @throws IllegalArgumentException naming the file when it is none.
     */
    public static Map<String, Object> read(final Path file) {
        try {
            return JSON.std.mapFrom(Files.readString(file));
        } catch (final IOException ex) {
            throw new IllegalArgumentException("cannot read " + file + ": " + ex.getMessage(), ex);
        }
    }

    /**
     * @param file to read.
     * @param schema that it must have.
     * @return the object in it.
     * @throws IllegalArgumentException naming the file when it is none, or of another schema.
     */
    static Map<String, Object> read(final Path file, final String schema) {
        final Map<String, Object> map = read(file);
        if (!schema.equals(map.get("schema"))) {
            throw new IllegalArgumentException(
                    file + " has the schema " + map.get("schema") + ", not " + schema);
        }
        return map;
    }

    /** JSON has no infinity, and nothing that is not a number. */
    static Double numberOrNull(final double value) {
        return Double.isFinite(value) ? value : null;
    }

    /** A number of JSON; null is not a number. */
    static double number(final Object value) {
        return value == null ? Double.NaN : ((Number) value).doubleValue();
    }
}

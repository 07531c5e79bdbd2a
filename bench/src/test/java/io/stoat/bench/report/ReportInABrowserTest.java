package io.stoat.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report in a real browser: every chart is there, and something is drawn in it. */
class ReportInABrowserTest {
    private static final int PLOTS = 5;

    /** Lines are two pixels wide and at least a hundred long; axes and text have no hue. */
    private static final int LEAST_PIXELS = 200;

    private static final int LEAST_HUE = 50;

    /** As Chromium counts schemes. */
    private static final String DARK = "--blink-settings=preferredColorScheme=0";

    private static final String LIGHT = "--blink-settings=preferredColorScheme=1";

    /** A4 between margins of 12 mm, at 96 pixels an inch. */
    private static final int PRINTABLE_PX = 703;

    /** Notes errors, and where the charts are. */
    private static final String EARLY =
            "<script>const errors = [];"
                    + "addEventListener('error', e => errors.push(e.message));"
                    + "addEventListener('unhandledrejection', e => errors.push(String(e.reason)));"
                    + "</script>";

    private static final String LATE =
            "<script>addEventListener('load', () => { const d = document.documentElement;"
                    + "d.dataset.errors = JSON.stringify(errors);"
                    + "d.dataset.wide = d.scrollWidth;"
                    + "d.dataset.charts = JSON.stringify([...document.querySelectorAll('.u-over')].map(c => {"
                    + "const r = c.getBoundingClientRect();"
                    + "return [r.left + scrollX, r.top + scrollY, r.width, r.height].map(Math.round); }));"
                    + "d.dataset.hidden = Math.max(...[...document.querySelectorAll('.scroll')]"
                    + ".map(s => s.scrollWidth - s.clientWidth));"
                    // what a printer is given, then the screen's again
                    + "dispatchEvent(new Event('beforeprint'));"
                    // a plot takes its size in a microtask
                    + "Promise.resolve().then(() => {"
                    + "const style = getComputedStyle(d);"
                    + "d.dataset.paper = style.getPropertyValue('--page').trim();"
                    + "d.dataset.printed = Math.max(...[...document.querySelectorAll('.u-wrap')]"
                    + ".map(c => c.offsetWidth));"
                    + "dispatchEvent(new Event('afterprint'));"
                    + "d.dataset.screen = style.getPropertyValue('--page').trim(); });"
                    + "});</script>";

    @TempDir private Path dir;

    private Path report() throws Exception {
        final Path report = dir.resolve("report.html");
        Files.writeString(
                report,
                HtmlReport.html(HtmlReportTest.result())
                        .replace("<head>", "<head>" + EARLY)
                        .replace("</body>", LATE + "</body>"));
        return report;
    }

    @Test
    void shouldDrawSomethingInEveryChartOnAWideScreenAndOnPaper() throws Exception {
        final String page = assertDrawn(1200, 3600, LIGHT);
        assertEquals("0", attribute(page, "hidden"), "a table scrolls");
        final String paper = Browser.orSkip(dir).print(report());
        final long pages = Pattern.compile("/Type\\s*/Page\\b").matcher(paper).results().count();
        assertTrue(pages >= 3 && pages <= 5, pages + " pages for five charts, a table, the host");
        assertTrue(paper.contains("/Title (Stoat bench: value-size)"), "the script ran");
    }

    @Test
    void shouldDrawSomethingInEveryChartOnADarkPhoneAndPrintItInLight() throws Exception {
        // no narrower window than this one has every Chromium
        final String page = assertDrawn(500, 6000, DARK);
        assertEquals("#161615", attribute(page, "screen"), "the scheme is dark");
        assertEquals("#fff", attribute(page, "paper"));
        final int printed = Integer.parseInt(attribute(page, "printed"));
        assertTrue(printed > 500 && printed <= PRINTABLE_PX, "charts of " + printed + " pixels");
    }

    private String assertDrawn(final int width, final int height, final String scheme)
            throws Exception {
        final Browser browser = Browser.orSkip(dir);
        final Path report = report();
        final String window = "--window-size=" + width + "," + height;
        final String page = browser.document(report, window, scheme);
        assertEquals(String.valueOf(PLOTS), attribute(page, "ready"), "charts of the script");
        assertEquals("[]", attribute(page, "errors"));
        assertEquals(List.of(), browser.console());
        assertTrue(
                Integer.parseInt(attribute(page, "wide")) <= width,
                "wider than the window: " + attribute(page, "wide"));
        assertTrue(page.contains("FAILED, 1 lost"));
        assertTrue(page.contains("redis-server is not installed"));
        final BufferedImage picture = browser.picture(report, window, scheme);
        final List<Rectangle> charts = charts(page);
        assertEquals(PLOTS, charts.size(), "two sweeps, percentiles, load curve, time line");
        for (final Rectangle chart : charts) {
            assertTrue(chart.width > 150 && chart.height > 100, chart + " is too small to read");
            final int coloured = coloured(picture, chart);
            assertTrue(coloured >= LEAST_PIXELS, chart + " has " + coloured + " coloured pixels");
        }
        return page;
    }

    private static String attribute(final String page, final String name) {
        final Matcher matcher =
                Pattern.compile("<html[^>]* data-" + name + "=\"([^\"]*)\"").matcher(page);
        assertTrue(matcher.find(), "the script did not come to its end: no " + name);
        return matcher.group(1).replace("&quot;", "\"");
    }

    @SuppressWarnings("unchecked")
    private static List<Rectangle> charts(final String page) throws Exception {
        final List<Rectangle> charts = new ArrayList<>();
        for (final Object entry : JSON.std.listFrom(attribute(page, "charts"))) {
            final List<Number> chart = (List<Number>) entry;
            charts.add(
                    new Rectangle(
                            chart.get(0).intValue(),
                            chart.get(1).intValue(),
                            chart.get(2).intValue(),
                            chart.get(3).intValue()));
        }
        return charts;
    }

    private static int coloured(final BufferedImage picture, final Rectangle place) {
        int count = 0;
        for (int y = place.y; y < place.y + place.height; y++) {
            for (int x = place.x; x < place.x + place.width; x++) {
                final int rgb = picture.getRGB(x, y);
                final int red = rgb >> 16 & 0xff;
                final int green = rgb >> 8 & 0xff;
                final int blue = rgb & 0xff;
                final int most = Math.max(red, Math.max(green, blue));
                final int least = Math.min(red, Math.min(green, blue));
                count += most - least >= LEAST_HUE ? 1 : 0;
            }
        }
        return count;
    }
}

package io.espalier.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page in a Chromium, where there is one. */
class BrowserTest {
  @TempDir private Path dir = Path.of("");

  private static Browser browser(Path folder) throws IOException, InterruptedException {
    Optional<Path> program = Browser.find();
    Assumptions.assumeTrue(
        program.isPresent(), "SKIPPED: no Chromium is on the path; the page was not looked at");
    return Browser.start(program.orElseThrow(), Files.createDirectories(folder));
  }

  @Test
  void thePageIsQuietAndFitsEveryScreen() throws IOException, InterruptedException {
    Path page = dir.resolve("page.html");
    Files.writeString(
        page, ReportPage.of(Reports.full("layer1.0.<script>alert(1)</script>.conv1")));
    try (Browser browser = browser(dir.resolve("browser"))) {
      for (int width : List.of(320, 380, 1200)) {
        browser.screen(width, width == 380);
        browser.open(page);
        assertEquals(List.of(), browser.complaints());
        assertEquals(
            List.of(page.toUri().toString()),
            browser.requests().stream().filter(address -> !address.startsWith("data:")).toList());
        int laid = browser.evaluate("document.documentElement.scrollWidth").asInt();
        assertTrue(laid <= width, () -> laid + " pixels wide on a screen of " + width);
      }
      assertEquals(0, browser.evaluate("document.scripts.length").asInt());
      assertEquals(
          0,
          browser
              .evaluate(
                  "[...document.querySelectorAll('svg')].filter(s => !s.getBBox().width).length")
              .asInt());
    }
  }

  /** Every pair of colours that text stands in, light and dark, differs by at least 4.5 to 1. */
  @Test
  void wordsStandOutFromWhatIsBehindThem() throws IOException, InterruptedException {
    Path page = dir.resolve("page.html");
    Files.writeString(page, ReportPage.of(Reports.full("conv")));
    String faint =
        """
        (() => {
          const rgb = c => c.match(/[\\d.]+/g).map(Number);
          const light = c => {
            const [r, g, b] = rgb(c).map(v => v / 255)
                .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const behind = e => {
            for (; e; e = e.parentElement) {
              const c = getComputedStyle(e).backgroundColor;
              if (rgb(c)[3] !== 0) return c;
            }
            return 'rgb(255, 255, 255)';
          };
          const faint = new Set();
          for (const e of document.querySelectorAll('body *')) {
            const svg = e instanceof SVGElement;
            if (svg ? e.tagName !== 'text' : ![...e.childNodes].some(n => n.nodeType === 3)) continue;
            const style = getComputedStyle(e);
            const a = light(svg ? style.fill : style.color), b = light(behind(e));
            const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            if (ratio < 4.5) faint.add(e.tagName + '.' + e.getAttribute('class') + ' ' + ratio);
          }
          return [...faint].join(', ');
        })()
        """;
    try (Browser browser = browser(dir.resolve("browser"))) {
      for (boolean dark : List.of(false, true)) {
        browser.screen(1200, dark);
        browser.open(page);
        assertEquals("", browser.evaluate(faint).asText(), dark ? "dark" : "light");
      }
    }
  }

  @Test
  void aKeyboardReachesLinksAndIsSeen() throws IOException, InterruptedException {
    Path page = dir.resolve("page.html");
    Files.writeString(page, ReportPage.of(Reports.full("conv")));
    try (Browser browser = browser(dir.resolve("browser"))) {
      browser.screen(1200, false);
      browser.open(page);
      browser.pressTab();
      assertEquals("A", browser.evaluate("document.activeElement.tagName").asText());
      assertEquals(
          "3px",
          browser.evaluate("getComputedStyle(document.activeElement).outlineWidth").asText());
    }
  }
}

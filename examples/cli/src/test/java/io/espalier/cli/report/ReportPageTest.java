package io.espalier.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.core.values.Config;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xml.sax.ErrorHandler;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/** The page by itself. */
class ReportPageTest {
  private static final String SCRIPT = "<script>alert(1)</script>";

  private static Document page(PruneReport report) {
    return Jsoup.parse(ReportPage.of(report));
  }

  /** A name reads on the page as it is. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        SCRIPT,
        "\"><img src=x onerror=alert(1)>",
        "' onload='alert(1)",
        "]]></style><b>",
        "&amp; &lt; &nbsp;",
        "größe/層.0",
        "-->"
      })
  void namesAreInert(String name) throws Exception {
    String text = ReportPage.of(Reports.full(name));
    requireWellFormed(text);
    Document page = Jsoup.parse(text);
    assertTrue(page.select("script, img, b, iframe, object").isEmpty(), name);
    for (Element element : page.getAllElements()) {
      element
          .attributes()
          .forEach(attribute -> assertFalse(attribute.getKey().startsWith("on"), name));
    }
    assertEquals(name + ".out_channels", row(page, "Widths in", 0).child(0).wholeText());
  }

  @Test
  void charactersThatNoPageCanHoldAreLeftOut() throws Exception {
    String text = ReportPage.of(Reports.full("a\u0001b\ufffe\ud800c"));
    requireWellFormed(text);
    assertTrue(Jsoup.parse(text).text().contains(" abc.out_channels "), text);
    assertEquals(text, new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
  }

  /** It is XML as well, so that nothing of it is left to a guess. */
  private static void requireWellFormed(String page) throws Exception {
    assertTrue(page.startsWith("<!DOCTYPE html><html"), page.substring(0, 60));
    var builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
    builder.setErrorHandler(
        new ErrorHandler() {
          @Override
          public void warning(SAXParseException e) throws SAXException {
            throw e;
          }

          @Override
          public void error(SAXParseException e) throws SAXException {
            throw e;
          }

          @Override
          public void fatalError(SAXParseException e) throws SAXException {
            throw e;
          }
        });
    builder.parse(new InputSource(new StringReader(page)));
  }

  /** A row of the table whose caption starts so. */
  private static Element row(Document page, String caption, int row) {
    for (Element table : page.select("table")) {
      if (Objects.requireNonNull(table.selectFirst("caption")).text().startsWith(caption)) {
        return table.select("tbody > tr").get(row);
      }
    }
    throw new AssertionError("no table " + caption + " in " + page.select("caption").eachText());
  }

  @Test
  void everythingIsInATable() {
    Document page = page(Reports.full("conv"));
    assertEquals(
        List.of("conv.out_channels", "64", "24", "37.5 %", "24 of 64", "convb"),
        row(page, "Widths", 0).children().eachText());
    assertTrue(row(page, "Kernels", 0).text().startsWith("conv.kernel_size [5, 5] [3, 3] yes"));
    assertTrue(
        row(page, "Costs", 0).text().matches("MACs 1,000 480 48.0 % .*0.5 of it 96.0 %"),
        row(page, "Costs", 0).text());
    assertTrue(row(page, "Costs", 1).text().startsWith("parameters 123,456 61,728 50.0 %"));
    assertEquals("as it was cut 0.789 of their variance", row(page, "Error of", 0).text());
    assertEquals("as it was written 0.0123 of their variance", row(page, "Error of", 1).text());
    assertEquals("/left/conv nothing reads it: conv", row(page, "Left as", 0).text());
    assertTrue(
        row(page, "Predicted", 0).text().endsWith("0.750 0.500 0.250 24 0.625"),
        row(page, "Predicted", 0).text());
    assertTrue(
        row(page, "Widths that may not", 0).text().startsWith("it must 1 conv.out_features"));
    assertTrue(row(page, "Widths that may not", 0).text().endsWith("do else"));
    assertTrue(page.text().contains("left out: conv (Loop)"), page.text());
    assertTrue(page.text().contains("./espalier prune conv.onnx --macs 0.5"), page.text());
    assertEquals("2 (taken)", row(page, "The front", 0).child(0).text());
    assertTrue(row(page, "Candidates beside", 1).text().contains("of no use"));
  }

  @Test
  void everyCandidateHasItsConfigToDownload() {
    Document page = page(Reports.full("conv"));
    List<Element> links = page.select("a[download]");
    assertEquals(5, links.size());
    String prefix = "data:application/json;base64,";
    for (Element link : links) {
      assertTrue(link.attr("href").startsWith(prefix));
      byte[] json = Base64.getDecoder().decode(link.attr("href").substring(prefix.length()));
      String number = link.attr("download").replaceAll("\\D", "");
      assertEquals(
          8 * Integer.parseInt(number),
          Objects.requireNonNull(
                  Config.parse(new String(json, StandardCharsets.UTF_8))
                      .choices()
                      .get("conv.out_channels"))
              .number());
    }
  }

  @Test
  void readersWithoutASightOfItMissNothing() {
    Document page = page(Reports.full("conv"));
    assertEquals("en", Objects.requireNonNull(page.selectFirst("html")).attr("lang"));
    assertEquals(1, page.select("h1").size());
    assertEquals(1, page.select("main").size());
    for (Element svg : page.select("svg")) {
      assertEquals("img", svg.attr("role"));
      assertFalse(svg.attr("aria-label").isBlank());
      assertFalse(Objects.requireNonNull(svg.selectFirst("> title")).text().isBlank());
    }
    for (Element cell : page.select("th")) {
      assertTrue(List.of("row", "col").contains(cell.attr("scope")), cell.outerHtml());
      assertFalse(cell.text().isBlank(), cell.parent() + " has a heading without words");
    }
    for (Element table : page.select("table")) {
      int columns = table.select("thead th").size();
      table.select("tbody > tr").forEach(row -> assertEquals(columns, row.childrenSize()));
    }
    for (Element link : page.select("nav a")) {
      assertEquals(1, page.select(link.attr("href")).size(), link.outerHtml());
    }
    List<String> ids = page.select("[id]").eachAttr("id");
    assertEquals(ids.size(), ids.stream().distinct().count());
  }

  @Test
  void nothingIsFetched() {
    Document page = page(Reports.full("conv"));
    for (Element element : page.select("[src], [href]")) {
      String address = element.hasAttr("src") ? element.attr("src") : element.attr("href");
      assertTrue(address.startsWith("#") || address.startsWith("data:"), address);
    }
    assertFalse(page.select("style").html().contains("url("));
    assertFalse(page.select("style").html().contains("@import"));
  }

  @Test
  void theSameReportGivesTheSameBytesAnywhere() {
    String page = ReportPage.of(Reports.full("conv"));
    String json = SearchJson.of(Reports.full("conv"));
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      assertEquals(page, ReportPage.of(Reports.full("conv")));
      assertEquals(json, SearchJson.of(Reports.full("conv")));
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void whatDoesNotApplyIsAbsent() throws IOException {
    Document page = page(Reports.plain("conv"));
    assertEquals(
        List.of(
            "What was asked", "What it costs", "How wide its layers are", "What may not change"),
        page.select("h2").eachText());
    JsonNode json = new ObjectMapper().readTree(SearchJson.of(Reports.plain("conv")));
    assertFalse(json.has("error"));
    assertFalse(json.has("screened"));
  }

  @Test
  void programsReadTheSame() throws IOException {
    JsonNode json = new ObjectMapper().readTree(SearchJson.of(Reports.full(SCRIPT)));
    assertEquals(SCRIPT + ".out_channels", json.at("/choices/0/name").asText());
    assertEquals(24, json.at("/choices/0/after").asInt());
    assertEquals(480, json.at("/costs/macs/after").asInt());
    assertEquals(500, json.at("/costs/macs/allowed").asInt());
    assertEquals(0.0123, json.at("/error/written").asDouble());
    assertEquals(64, json.at("/curves/0/errors").size());
    assertEquals(4, json.at("/screened").size());
    assertTrue(json.at("/screened/1/taken").asBoolean());
    assertTrue(json.at("/screened/3/error").isMissingNode());
    assertEquals(
        24, json.at("/screened/2/config/" + SCRIPT.replace("/", "~1") + ".out_channels").asInt());
  }

  @Test
  void aCommandCanBeGivenToAShellAgain() {
    assertEquals(
        "./espalier prune 'a b.onnx' --macs=0.5 'it'\\''s' '$HOME' ''",
        Asked.of(List.of("prune", "a b.onnx", "--macs=0.5", "it's", "$HOME", ""), List.of())
            .command());
  }
}

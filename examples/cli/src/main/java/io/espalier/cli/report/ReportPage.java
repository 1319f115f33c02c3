package io.espalier.cli.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jsoup.nodes.DataNode;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.DocumentType;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Entities;

/**
 * A report as one page that needs nothing else: no script, no font, nothing from a network. What a
 * drawing shows a table says, too.
 */
public final class ReportPage {
  /** Even if a name could get out of its place, nothing of it would be run or fetched. */
  private static final String POLICY =
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none';"
          + " form-action 'none'";

  private ReportPage() {}

  /** The page. The same report gives the same text. */
  public static String of(PruneReport report) {
    Document page = Document.createShell("");
    page.outputSettings()
        .syntax(Document.OutputSettings.Syntax.xml)
        .escapeMode(Entities.EscapeMode.xhtml)
        .charset(StandardCharsets.UTF_8)
        .prettyPrint(false);
    page.prependChild(new DocumentType("html", "", ""));
    Objects.requireNonNull(page.selectFirst("html")).attr("lang", "en");
    head(page.head(), report);
    Element header = page.body().appendElement("header");
    Element main = page.body().appendElement("main");
    Summary.add(header, report);
    AskedSection.add(main, report.asked());
    CostSection.add(main, report);
    report.latency().ifPresent(latency -> LatencySection.add(main, latency));
    ChoiceSection.add(main, report);
    report.data().ifPresent(data -> addData(main, report, data));
    FrozenSection.add(main, report.frozen());
    contents(header, main);
    return page.outerHtml() + "\n";
  }

  private static void addData(Element main, PruneReport report, DataReport data) {
    RepairSection.add(main, data);
    if (!data.curves().isEmpty()) {
      CurveSection.add(main, report, data);
    }
    CandidateSection.add(main, report, data);
  }

  private static void head(Element head, PruneReport report) {
    head.appendElement("meta").attr("charset", "utf-8");
    meta(head, "viewport", "width=device-width, initial-scale=1");
    meta(head, "color-scheme", "light dark");
    head.appendElement("meta")
        .attr("http-equiv", "Content-Security-Policy")
        .attr("content", POLICY);
    head.appendElement("link").attr("rel", "icon").attr("href", "data:,");
    Element title =
        Objects.requireNonNullElseGet(head.selectFirst("title"), () -> head.appendElement("title"));
    title.text("What was cut from " + report.model());
    head.appendElement("style").appendChild(new DataNode(style()));
  }

  private static void meta(Element head, String name, String content) {
    head.appendElement("meta").attr("name", name).attr("content", content);
  }

  private static String style() {
    try (InputStream in = ReportPage.class.getResourceAsStream("report.css")) {
      return new String(
          Objects.requireNonNull(in, "report.css").readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void contents(Element header, Element main) {
    Element list = header.appendElement("nav").attr("aria-label", "Contents").appendElement("ul");
    for (Element heading : main.select("h2")) {
      list.appendElement("li")
          .appendElement("a")
          .attr("href", "#" + heading.id())
          .text(heading.text());
    }
  }
}

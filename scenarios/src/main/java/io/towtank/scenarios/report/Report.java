package io.towtank.scenarios.report;

import io.towtank.scenarios.output.WholeFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Writes the report of a run as one HTML file that loads nothing. */
public final class Report {
  private Report() {}

  /**
   * Writes a report. The file is there whole or not at all.
   *
   * @throws io.towtank.scenarios.input.InvalidInputException where nothing can be written there
   * @throws IOException where writing fails
   */
  public static void write(ReportData data, Path file) throws IOException {
    try (WholeFile whole = WholeFile.begin(file)) {
      write(data, whole);
    }
  }

  /** Completes a file that was begun. */
  static void write(ReportData data, WholeFile whole) throws IOException {
    whole.stream().write(html(data).getBytes(StandardCharsets.UTF_8));
    whole.complete();
  }

  /** The report's text. */
  static String html(ReportData data) {
    String page = resource("report.html");
    StringBuilder html = new StringBuilder(page.length() + 200_000);
    int from = 0;
    // What is put in is not looked at again: a node may well be called {{data}}.
    for (int open = page.indexOf("{{"); open >= 0; open = page.indexOf("{{", from)) {
      int close = page.indexOf("}}", open);
      html.append(page, from, open).append(part(page.substring(open + 2, close), data));
      from = close + 2;
    }
    return html.append(page, from, page.length()).toString();
  }

  private static String part(String name, ReportData data) {
    return switch (name) {
      case "title" -> escape(data.title());
      case "data" -> ReportJson.of(data);
      case "report.css" -> resource("report.css");
      case "report.js" -> resource("report.js");
      case "uplot.css" -> resource("uplot/uPlot.min.css");
      case "uplot.js" -> resource("uplot/uPlot.iife.min.js");
      case "uplot.licence" -> escape(resource("uplot/LICENSE"));
      default -> throw new IllegalStateException("report.html asks for \"" + name + "\"");
    };
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }

  private static String resource(String name) {
    try (InputStream in = Report.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the resource " + name + " is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

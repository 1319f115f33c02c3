package io.espalier.onnx.freedom;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A golden file: a section for each network, a line for each parameter, the sums on top. */
final class FreedomTable {
  private static final String SECTION = "== ";

  private final List<String> lines = new ArrayList<>();
  private int free;
  private int frozen;
  private int neither;

  /** A line for each parameter. */
  void add(String network, List<Freedom.Edge> edges) {
    lines.add(SECTION + network);
    edges.forEach(edge -> lines.add(edge.toString()));
    edges.forEach(this::count);
  }

  /** All parameters on one line, and below it those of which something is not known. */
  void addShort(String network, List<Freedom.Edge> edges) {
    lines.add(SECTION + network);
    lines.add(String.join(" ", edges.stream().map(Freedom.Edge::marks).toList()));
    edges.stream()
        .filter(edge -> !edge.lacks().isEmpty())
        .forEach(edge -> lines.add(edge.toString()));
    edges.forEach(this::count);
  }

  private void count(Freedom.Edge edge) {
    free += (int) edge.marks().chars().filter(mark -> mark == '+').count();
    frozen += (int) edge.marks().chars().filter(mark -> mark == '=').count();
    neither += (int) edge.marks().chars().filter(mark -> mark == '-').count();
  }

  List<String> lines() {
    List<String> all = new ArrayList<>();
    all.add(free + " free, " + frozen + " frozen, " + neither + " neither");
    all.addAll(lines);
    return all;
  }

  /**
   * The lines in which an axis went the wrong way: from free to anything, from frozen to neither.
   */
  static List<String> lost(List<String> before, List<String> after) {
    Map<String, String> old = marks(before);
    List<String> lost = new ArrayList<>();
    marks(after)
        .forEach(
            (place, marks) -> {
              String were = old.getOrDefault(place, "");
              for (int i = 0; were.length() == marks.length() && i < marks.length(); i++) {
                if (rank(marks.charAt(i)) < rank(were.charAt(i))) {
                  lost.add(place + ": " + were + " became " + marks);
                  return;
                }
              }
            });
    return lost;
  }

  private static int rank(char mark) {
    return "-=+".indexOf(mark);
  }

  /** The marks by network and place; of a short line, all that it says. */
  private static Map<String, String> marks(List<String> lines) {
    Map<String, String> marks = new LinkedHashMap<>();
    String section = "";
    for (String line : lines.subList(1, lines.size())) {
      if (line.startsWith(SECTION)) {
        section = line.substring(SECTION.length());
      } else {
        String text = line.replaceAll(" \\[.*", "");
        boolean all = text.matches("[-+=. ]*");
        int end = all ? 0 : text.lastIndexOf(' ');
        String place = section + ": " + text.substring(0, end);
        while (marks.containsKey(place)) {
          place += "'";
        }
        marks.put(place, text.substring(end).trim());
      }
    }
    return marks;
  }
}

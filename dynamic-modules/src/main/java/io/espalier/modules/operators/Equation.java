package io.espalier.modules.operators;

import io.espalier.spi.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The equation of an Einsum, {@code bij,bjk->bik}: a letter for each axis. The axes of an ellipsis
 * have letters of their own, which count from the last one, since they broadcast.
 *
 * @param inputs the letters of each input
 * @param output the letters of the output
 */
public record Equation(List<String> inputs, String output) {
  /** Stands for the ellipsis in a list of letters. */
  private static final char ELLIPSIS = '.';

  /** The letter of the last axis of an ellipsis; those before it have the ones below. */
  private static final char LAST_HIDDEN = ' ' - 1;

  private static final int MOST_HIDDEN = LAST_HIDDEN;

  public Equation {
    inputs = List.copyOf(inputs);
  }

  /** The equation of a node; empty where it does not fit the node's inputs. */
  public static Optional<Equation> of(Node node) {
    String text =
        node.attributes().text("equation", "").replace(" ", "").replace("...", "" + ELLIPSIS);
    int arrow = text.indexOf("->");
    String[] terms = (arrow < 0 ? text : text.substring(0, arrow)).split(",", -1);
    String output = arrow < 0 ? implicitOutput(terms) : text.substring(arrow + 2);
    if (terms.length != node.inputs().size()) {
      return Optional.empty();
    }
    List<String> inputs = new ArrayList<>();
    int hidden = 0;
    for (int i = 0; i < terms.length; i++) {
      int rank = node.input(i).rank();
      int at = terms[i].indexOf(ELLIPSIS);
      int own = at < 0 ? 0 : rank - (terms[i].length() - 1);
      if (own < 0
          || own > MOST_HIDDEN
          || at != terms[i].lastIndexOf(ELLIPSIS)
          || (at < 0 && terms[i].length() != rank)) {
        return Optional.empty();
      }
      inputs.add(spelledOut(terms[i], own));
      hidden = Math.max(hidden, own);
    }
    return Optional.of(new Equation(inputs, spelledOut(output, hidden)));
  }

  /** Whether every letter of the output is one of an input. */
  boolean isComplete() {
    return output.chars().allMatch(letter -> isElsewhere((char) letter, -1));
  }

  private static String spelledOut(String term, int hidden) {
    StringBuilder letters = new StringBuilder();
    for (int i = 0; i < hidden; i++) {
      letters.append((char) (LAST_HIDDEN - hidden + 1 + i));
    }
    return term.replace("" + ELLIPSIS, letters);
  }

  /** The letters that occur once, in alphabetical order, behind the axes of the ellipsis. */
  private static String implicitOutput(String[] terms) {
    Map<Character, Integer> counts = new TreeMap<>();
    for (char letter : String.join("", terms).toCharArray()) {
      counts.merge(letter, letter == ELLIPSIS ? 0 : 1, Integer::sum);
    }
    StringBuilder output = new StringBuilder();
    counts.forEach((letter, count) -> output.append(count <= 1 ? letter.toString() : ""));
    return output.toString();
  }

  /** Whether an input other than this one has a letter; any input where it is -1. */
  public boolean isElsewhere(char letter, int input) {
    for (int i = 0; i < inputs.size(); i++) {
      if (i != input && inputs.get(i).indexOf(letter) >= 0) {
        return true;
      }
    }
    return false;
  }
}

package com.acme.consumer;

import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.rules.Rules;
import io.espalier.core.search.Budget;
import io.espalier.core.search.BudgetResult;
import io.espalier.core.search.BudgetSearch;
import io.espalier.core.search.Cost;
import java.nio.file.Path;

/** Cuts a network to half of its multiply-accumulate operations: {@code Half model.onnx small.onnx}. */
public final class Half {
  private Half() {}

  public static void main(String[] args) {
    BudgetResult result = cut(Path.of(args[0]), Path.of(args[1]));
    System.out.println(result.macs() + " of " + result.originalMacs() + " MACs");
  }

  /** Writes the network that keeps most at half the cost. */
  static BudgetResult cut(Path model, Path small) {
    SearchSpaces spaces = SearchSpaces.discover(Half.class.getClassLoader());
    SearchSpace space = spaces.generate(model, Rules.everything());
    space.sortParameters();
    BudgetResult result = BudgetSearch.find(space, Budget.of(Cost.MACS, 0.5));
    space.select(result.config());
    space.export().save(small);
    return result;
  }
}

package io.espalier.cli;

import io.espalier.core.cost.BytesCost;
import io.espalier.core.search.Budget;
import io.espalier.core.search.BudgetResult;
import io.espalier.core.search.Limit;
import io.espalier.onnx.file.OnnxModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Bytes where weights are written in fewer bits: a search counts what a network takes so, and a
 * user means a part of the file that there is.
 */
final class FileBytes {
  private FileBytes() {}

  /** The same budget, in which a part of the bytes is one of those of a file. */
  static Budget of(Budget budget, Path file) {
    List<Limit> limits = new ArrayList<>(budget.limits());
    limits.replaceAll(
        limit ->
            limit.part() && limit.cost().key().equals(BytesCost.KEY)
                ? Limit.absolute(limit.cost(), limit.allowed(size(file)))
                : limit);
    return new Budget(limits, budget.divisor(), budget.floor(), budget.exact());
  }

  /** The same result, in which the bytes before are those of a file. */
  static BudgetResult of(BudgetResult costs, Path file) {
    List<BudgetResult.Spent> others = new ArrayList<>(costs.others());
    others.replaceAll(
        spent ->
            spent.cost().key().equals(BytesCost.KEY)
                ? new BudgetResult.Spent(spent.cost(), size(file), spent.after())
                : spent);
    return new BudgetResult(
        costs.config(),
        costs.params(),
        costs.macs(),
        costs.originalParams(),
        costs.originalMacs(),
        others);
  }

  private static long size(Path file) {
    return OnnxModel.read(file).byteSize();
  }
}

package io.espalier.embeddingmodels;

import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.data.DataRequest;
import io.espalier.core.data.DataSources;
import io.espalier.core.data.SampleDraw;
import io.espalier.core.data.Samples;
import io.espalier.core.moments.DataModel;
import io.espalier.core.pruning.DataPruning;
import io.espalier.core.pruning.PruneOptions;
import io.espalier.core.pruning.Pruned;
import io.espalier.core.rules.Rules;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Makes an encoder smaller, with texts. */
final class Smaller {
  private final ClassLoader loader;
  private final Consumer<String> progress;

  /**
   * One that uses what is on the class path.
   *
   * @param progress is told what is being done
   */
  Smaller(ClassLoader loader, Consumer<String> progress) {
    this.loader = loader;
    this.progress = progress;
  }

  /**
   * Writes a smaller encoder. Its vectors are as long as they were, so that an index that was built
   * with the original can be searched with it.
   *
   * @param options how small it is to be, and how that is found
   * @param file where it is written; what was cut is written beside it, as {@code file.json}
   * @throws io.espalier.spi.EspalierException if it cannot be cut so far, or texts are too few
   * @throws IOException if what was cut cannot be written
   */
  Encoder make(Encoder encoder, PruneOptions options, Texts texts, Path file) throws IOException {
    SearchSpace space = SearchSpaces.discover(loader).generate(encoder.model(), Rules.everything());
    Samples samples =
        DataSources.discover(loader)
            .open(
                DataRequest.of(texts.file().toString(), ((DataModel) space.model()).inputs())
                    .with("tokenizer", encoder.tokenizer().toString()));
    Pruned pruned =
        DataPruning.run(space, options, samples, SampleDraw.all(texts.fitted()), progress);
    try (DataModel small = pruned.model()) {
      small.save(file);
      pruned.manifest().write(Path.of(file + ".json"));
    }
    return encoder.with(file);
  }
}

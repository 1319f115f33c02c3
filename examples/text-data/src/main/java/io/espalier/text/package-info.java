/**
 * Text as data: lines of a file, turned into ids by the {@code tokenizer.json} of a model. Needs
 * the JARs of {@code espalier-core} and {@code ai.djl.huggingface:tokenizers} alone.
 */
@NullMarked
package io.espalier.text;

import org.jspecify.annotations.NullMarked;

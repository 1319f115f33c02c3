/** Makes sentence encoders of LangChain4j smaller, and runs the result with LangChain4j. */
@NullMarked
package io.espalier.embeddingmodels;

import org.jspecify.annotations.NullMarked;

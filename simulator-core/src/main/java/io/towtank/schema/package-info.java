/**
 * The types of Kubernetes' built-in kinds: which fields they have, of which types, and how lists
 * and maps are merged.
 *
 * <p>{@link io.towtank.schema.Schema#builtIn()} is the way in. A patch of a Deployment, for
 * instance, asks:
 *
 * <pre>{@code
 * Schema schema = Schema.builtIn();
 * ObjectType pod = schema.typeOf("v1", "Pod");
 * FieldSchema spec = pod.field("spec");                    // of type ObjectOf core/v1.PodSpec
 * FieldSchema containers = schema.type(spec).field("containers");
 * containers.patchMergeKey();                              // name
 * containers.patchStrategies();                            // merge
 * schema.type(containers).field("ports").listMapKeys();    // containerPort, protocol
 * }</pre>
 *
 * <p>The data is a resource of this package, made by {@code tools/schema-generator}; types are
 * parsed when they are asked for.
 */
@NullMarked
package io.towtank.schema;

import org.jspecify.annotations.NullMarked;

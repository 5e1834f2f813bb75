using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Core.Configuration;

/// <summary>Writes trees as JSON: containers are objects, lists arrays of objects with <c>name</c>, flags <c>true</c>.</summary>
internal static class ConfigurationJson
{
    public static string Write(Statement tree, StatementSchema schema)
    {
        using MemoryStream stream = new();
        JsonWriterOptions options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (Utf8JsonWriter writer = new(stream, options))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("configuration");
            Children(writer, tree, schema);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void Children(Utf8JsonWriter writer, Statement tree, StatementSchema schema)
    {
        foreach (IGrouping<string, Statement> group in tree.Children.GroupBy(c => c.Name))
        {
            StatementSchema below = StatementNode.SchemaOf(schema, group.First());
            bool many = below.Kind == StatementKind.List || schema.Kind == StatementKind.Opaque;
            writer.WritePropertyName(group.Key.Length > 0 ? group.Key : many ? "entry" : "value");
            if (many)
            {
                writer.WriteStartArray();
                foreach (Statement entry in group)
                {
                    writer.WriteStartObject();
                    Values(writer, "name", entry.Values);
                    Marks(writer, entry);
                    Children(writer, entry, below);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            }
            else
            {
                One(writer, group.First(), below);
            }
        }
    }

    private static void One(Utf8JsonWriter writer, Statement statement, StatementSchema schema)
    {
        switch (schema.Kind)
        {
            case StatementKind.Flag:
                writer.WriteBooleanValue(!statement.Inactive);
                break;
            case StatementKind.Leaf when !statement.Inactive:
                writer.WriteStringValue(statement.Values[0]);
                break;
            case StatementKind.LeafList when !statement.Inactive:
                writer.WriteStartArray();
                foreach (string value in statement.Values)
                {
                    writer.WriteStringValue(value);
                }

                writer.WriteEndArray();
                break;
            default:
                writer.WriteStartObject();
                Marks(writer, statement);
                Values(writer, "value", statement.Values);
                Children(writer, statement, schema);
                writer.WriteEndObject();
                break;
        }
    }

    private static void Marks(Utf8JsonWriter writer, Statement statement)
    {
        if (statement.Inactive)
        {
            writer.WriteBoolean("@inactive", true);
        }
    }

    private static void Values(Utf8JsonWriter writer, string name, IReadOnlyList<string> values)
    {
        if (values.Count == 1)
        {
            writer.WriteString(name, values[0]);
        }
        else if (values.Count > 1)
        {
            writer.WriteStartArray(name);
            foreach (string value in values)
            {
                writer.WriteStringValue(value);
            }

            writer.WriteEndArray();
        }
    }
}

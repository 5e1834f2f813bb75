using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace RouterOS.Fuzz.Rows;

/// <summary>Changes fields of a message to values at the edges: well formed on the wire, nonsense in meaning.</summary>
internal static class RowMutator
{
    private static readonly string[] s_texts = 
    [
        "", "x", "p0", "p1", "if1", "ethernet", "loopback", "esp", "\u0000", new string('n', 300), "é…\ud83d\ude00", "ge-0/0/0", "ge-0/0/0.0", "ge-0/0/1.0",
        "st0.0", "st0.1", "lo0.0", "192.0.2.1", "255.255.255.255", "0.0.0.0", "224.0.0.1", "10.1.0.0/24", "0.0.0.0/0", "10.1.2.3/8", "1.2.3.4/33", "1.2.3/8", "-1",
    ];

    /// <summary>Changes some fields in place.</summary>
    public static void Mutate(IMessage message, FuzzRandom random)
    {
        for (int left = random.Next(3); left >= 0; left--)
        {
            Change(message, random);
        }
    }

    private static void Change(IMessage message, FuzzRandom random)
    {
        FieldDescriptor field = random.Pick<FieldDescriptor>([.. message.Descriptor.Fields.InFieldNumberOrder()]);
        if (field.IsRepeated)
        {
            System.Collections.IList list = (System.Collections.IList)field.Accessor.GetValue(message);
            if (list.Count > 0 && random.OneIn(2))
            {
                if (random.OneIn(3))
                {
                    list.RemoveAt(random.Next(list.Count));
                }
                else if (list[random.Next(list.Count)] is IMessage inner)
                {
                    Change(inner, random);
                }
            }
            else if (list.Count < 40)
            {
                list.Add(Value(field, random));
            }
        }
        else if (field.FieldType == FieldType.Message && !random.OneIn(4) && field.Accessor.GetValue(message) is IMessage inner)
        {
            Change(inner, random);
        }
        else if (random.OneIn(6))
        {
            field.Accessor.Clear(message);
        }
        else
        {
            field.Accessor.SetValue(message, Value(field, random));
        }
    }

    private static object Value(FieldDescriptor field, FuzzRandom random) => field.FieldType switch
    {
        FieldType.UInt32 or FieldType.Fixed32 => (uint)random.Edge(),
        FieldType.UInt64 or FieldType.Fixed64 => random.Edge(),
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => (int)random.Edge(),
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => (long)random.Edge(),
        FieldType.Bool => random.OneIn(2),
        FieldType.String => random.Pick(s_texts),
        FieldType.Bytes => ByteString.CopyFrom(new byte[random.Next(random.OneIn(4) ? 300 : 40)]),
        FieldType.Enum => Enum.ToObject(field.EnumType.ClrType, (int)random.Edge() % 100),
        FieldType.Message => field.MessageType.Parser.ParseFrom([]),
        _ => throw new NotSupportedException($"{field.FieldType}"),
    };
}

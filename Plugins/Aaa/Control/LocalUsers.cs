using System.Security.Cryptography;
using System.Text;
using RouterOS.Aaa.Crypto;
using RouterOS.Abstractions.Control;
using RouterOS.Abstractions.Crypto;
using RouterOS.Proto.Aaa.V1;

namespace RouterOS.Aaa.Control;

/// <summary>Judges proofs of users by the passwords of the configuration.</summary>
internal sealed class LocalUsers(IMac mac, ICipher cipher)
{
    private readonly Dictionary<string, User> _users = new(StringComparer.Ordinal);

    public void Apply(IReadOnlyList<User> users)
    {
        _users.Clear();
        foreach (User user in users)
        {
            _users[user.Name] = user;
        }
    }

    public User? Find(string name) => _users.GetValueOrDefault(name);

    /// <summary>True when the proof is the password's; the message answers it.</summary>
    public bool IsRight(AuthenticateRequest request, User user, out byte[] message)
    {
        byte[] password = user.Password.ToByteArray();
        message = [];
        switch (request.ProofCase)
        {
            case AuthenticateRequest.ProofOneofCase.Password:
                return CryptographicOperations.FixedTimeEquals(request.Password.Span, password);
            case AuthenticateRequest.ProofOneofCase.Chap:
                byte[] right = mac.Hash(MacAlgorithm.HmacMd5, [(byte)request.Chap.Identifier, .. password, .. request.Chap.Challenge.Span]);
                return CryptographicOperations.FixedTimeEquals(request.Chap.Response.Span, right);
            case AuthenticateRequest.ProofOneofCase.MsChap:
                return MsChap.IsRight(cipher, password, request.MsChap.Challenge.Span, request.MsChap.Response.Span);
            case AuthenticateRequest.ProofOneofCase.MsChapV2:
                string? proof = MsChap.Prove(mac, cipher, request.User, password, request.MsChapV2.Challenge.Span, request.MsChapV2.Response.Span);
                message = proof is null ? [] : Encoding.ASCII.GetBytes(proof + " M=Welcome");
                return proof is not null;
            default:
                return false;
        }
    }
}
